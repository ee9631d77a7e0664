import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from './database'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-database-'))
  path = join(folder, 'atelier.db')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the database', () => {
  it('keeps a copy before it changes an existing one', () => {
    const first = openDatabase(path, ['CREATE TABLE a (x)'])
    first.prepare('INSERT INTO a VALUES (?)').run(7)
    first.close()
    const second = openDatabase(path, ['CREATE TABLE a (x)', 'DROP TABLE a'])
    expect(() => second.prepare('SELECT * FROM a')).toThrow()
    second.close()
    const copy = openDatabase(`${path}.v1.backup`, ['CREATE TABLE a (x)'])
    expect(copy.prepare('SELECT x FROM a').all()).toEqual([{ x: 7 }])
    copy.close()
  })

  it('makes no copy of one that is new or up to date', () => {
    openDatabase(path, ['CREATE TABLE a (x)']).close()
    openDatabase(path, ['CREATE TABLE a (x)']).close()
    expect(existsSync(`${path}.v1.backup`)).toBe(false)
  })

  it('refuses one that is newer than itself', () => {
    openDatabase(path, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']).close()
    expect(() => openDatabase(path, ['CREATE TABLE a (x)'])).toThrow(/newer Atelier/)
  })

  it('leaves nothing of a migration that fails half-way', () => {
    expect(() => openDatabase(path, ['CREATE TABLE a (x); NONSENSE'])).toThrow()
    openDatabase(path, ['CREATE TABLE a (x)']).close()
  })

  it('leaves nothing of a transaction that fails half-way', () => {
    const database = openDatabase(path, ['CREATE TABLE a (x UNIQUE)'])
    const insert = database.prepare('INSERT INTO a VALUES (?)')
    const work = (): void => [1, 2, 1].forEach((value) => insert.run(value))
    expect(() => database.transaction(work)).toThrow()
    expect(database.prepare('SELECT * FROM a').all()).toEqual([])
    database.close()
  })

  it('can be open twice: what one writes the other reads', () => {
    const [one, other] = [openDatabase(path, ['CREATE TABLE a (x)']), openDatabase(path, ['CREATE TABLE a (x)'])]
    one.prepare('INSERT INTO a VALUES (?)').run('written')
    expect(other.prepare('SELECT x FROM a').all()).toEqual([{ x: 'written' }])
    one.close()
    other.close()
  })

  it('says what to do with a file that is no database', async () => {
    await writeFile(path, 'this is not a database at all, only some text')
    expect(() => openDatabase(path)).toThrow(/cannot be opened/)
  })
})
