/** Sites that the studio itself links to: where models, papers and licences are. */
const allowedHosts = new Set([
  'huggingface.co',
  'github.com',
  'arxiv.org',
  'opensource.org',
  'creativecommons.org',
  'www.apache.org',
  'www.electronjs.org',
])

/** The address to hand to the user's browser, or null for one that must not leave the studio. */
export function externalLink(text: string): string | null {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return null
  }
  // A name and password in front of the host can make an address look like another one.
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.port !== '') return null
  return allowedHosts.has(url.hostname) ? url.href : null
}
