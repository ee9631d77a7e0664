import { figuresOnPage, type ChartOnPage } from '../../../charts/svg-file'

/** The charts and the tree that stand on the page now. */
export function chartsOnPage(): readonly ChartOnPage[] {
  const tree = document.querySelector<SVGSVGElement>('[data-region="tree"] svg[role="img"]')
  return tree === null ? figuresOnPage() : [...figuresOnPage(), { name: 'Draft tree', element: tree }]
}
