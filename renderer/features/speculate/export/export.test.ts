// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import { savedRace } from '../race-store'
import { syntheticRace } from '../testing/synthetic-race'
import { roundsCsv } from './rounds-csv'
import { svgFile } from '../../../charts/svg-file'

describe('rounds as CSV', () => {
  it('has a line for each round of each run', () => {
    const race = savedRace(syntheticRace({ tokens: 40 }))
    const lines = roundsCsv(race).trimEnd().split('\r\n')
    expect(lines).toHaveLength(1 + race.runs.reduce((sum, { roundCount }) => sum + roundCount, 0))
    expect(lines[0]).toMatch(/^run,strategy,round,/)
    expect(lines[1]).toMatch(/^1,plain,1,41,0,0,0,1,plain,Sunlight,/)
  })

  it('quotes commas, quotes and lines, and disarms what a spreadsheet would run', () => {
    const record = syntheticRace({ tokens: 3, strategies: [] })
    record.runs[0]!.rounds.forEach((round, index) => {
      round.emitted[0]!.text = ['=1+1', 'say "a,b"', 'two\nlines'][index]!
    })
    const text = roundsCsv(savedRace(record))
    expect(text).toContain(",'=1+1,")
    expect(text).toContain(',"say ""a,b""",')
    expect(text).toContain(',"two\nlines",')
  })
})

describe('a chart as SVG', () => {
  it('stands on its own: a namespace, no class names, its look written in', () => {
    document.body.innerHTML =
      '<svg width="10" height="10"><rect class="bar" style="fill: red" width="4" height="4"/></svg>'
    const text = svgFile(document.querySelector('svg')!)
    expect(text).toMatch(/^<\?xml/)
    expect(text).toContain('xmlns="http://www.w3.org/2000/svg"')
    expect(text).not.toContain('class=')
    expect(text).toContain('fill: rgb(255, 0, 0)')
    expect(new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('parsererror')).toBeNull()
  })
})
