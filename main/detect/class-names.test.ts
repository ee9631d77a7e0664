import { describe, expect, it } from 'vitest'
import { readClassNames } from './class-names'

describe('names of classes', () => {
  it.each([
    ['one a line', 'cat\r\n dog \n\nbird\n', ['cat', 'dog', 'bird']],
    ['a Python dict of an exporter', "{0: 'cat', 1: 'dog', 2: \"cow's milk\"}", ['cat', 'dog', "cow's milk"]],
    ['a table of a YAML file', "path: x\nnames:\n  0: cat\n  1: 'traffic light'\nnc: 2\n", ['cat', 'traffic light']],
    ['a list of a YAML file', 'names:\n- cat\n- "dog"\n', ['cat', 'dog']],
    ['a list on one line', "nc: 2\nnames: ['cat', 'hot dog']\n", ['cat', 'hot dog']],
    ['a list without quotes', 'names: [cat, hot dog]\n', ['cat', 'hot dog']],
    ['numbers left out', "{0: 'cat', 2: 'dog'}", ['cat', 'class 1', 'dog']],
    ['nothing', '', []],
  ])('are read from %s', (_, text, names) => {
    expect(readClassNames(text)).toEqual(names)
  })
})
