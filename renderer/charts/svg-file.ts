const properties = [
  'fill',
  'stroke',
  'stroke-width',
  'fill-opacity',
  'stroke-dasharray',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'font-style',
  'text-anchor',
  'text-decoration',
  'paint-order',
] as const

/** A chart as a file of its own: what style sheets give it is written into it. */
export function svgFile(chart: SVGSVGElement): string {
  const copy = chart.cloneNode(true) as SVGSVGElement
  const originals = [chart, ...chart.querySelectorAll<SVGElement>('*')]
  const copies = [copy, ...copy.querySelectorAll<SVGElement>('*')]
  originals.forEach((original, index) => {
    const style = getComputedStyle(original)
    const target = copies[index]
    if (target === undefined) return
    for (const property of properties) {
      const value = style.getPropertyValue(property)
      if (value !== '' && value !== 'none 0px') target.style.setProperty(property, value)
    }
    target.removeAttribute('class')
  })
  // A file answers to no pointer.
  for (const control of copy.querySelectorAll('[tabindex]')) control.remove()
  copy.style.setProperty('background', getComputedStyle(document.body).backgroundColor)
  copy.style.setProperty('overflow', 'visible')
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`
}

export interface ChartOnPage {
  readonly name: string
  readonly element: SVGSVGElement
}

/** The figures that stand on the page now. */
export function figuresOnPage(): readonly ChartOnPage[] {
  return [...document.querySelectorAll<HTMLElement>('[data-chart]')].flatMap((figure) => {
    // Marks in the legend are drawings too; the chart is the figure's own.
    const element = figure.querySelector<SVGSVGElement>(':scope > svg')
    return element === null ? [] : [{ name: figure.dataset['chart'] ?? 'Chart', element }]
  })
}
