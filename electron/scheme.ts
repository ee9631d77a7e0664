/** The one scheme that the desktop app answers: the page at `studio://app`, assets at `studio://asset/<id>`. */
export const scheme = 'studio'
export const appOrigin = `${scheme}://app`
export const assetOrigin = `${scheme}://asset`
