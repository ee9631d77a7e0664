import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect } from './studio'

/**
 * Holds a page against WCAG 2 A and AA, once colours are at rest.
 * @param part where to look; the whole page where absent
 */
export async function expectNoViolations(page: Page, part = 'html'): Promise<void> {
  await coloursAtRest(page)
  const { violations } = await new AxeBuilder({ page }).include(part).withTags(['wcag2a', 'wcag2aa']).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
}

/** Half way between two themes nothing is legible. */
export async function coloursAtRest(page: Page): Promise<void> {
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation instanceof CSSTransition)
        .map(({ finished }) => finished),
    ),
  )
}
