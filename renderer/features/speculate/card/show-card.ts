import type { ViewStore } from '../view-store'

/** Opens the card about the marked token beside an element that stands for it. */
export function showCard(view: ViewStore, element: Element): void {
  const { left, top, bottom } = element.getBoundingClientRect()
  view.setState({ card: { left, top, bottom } })
}

export function hideCard(view: ViewStore): void {
  if (view.getState().card !== null) view.setState({ card: null })
}
