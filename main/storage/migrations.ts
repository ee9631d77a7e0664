/** Each entry takes the database from its index to the next version. Entries are never changed, only added. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE images (
    id TEXT PRIMARY KEY,
    job_id TEXT,
    created_at INTEGER NOT NULL,
    starred INTEGER NOT NULL DEFAULT 0,
    deleted_at INTEGER,
    record TEXT NOT NULL
  );
  CREATE INDEX images_by_time ON images (created_at DESC, id DESC) WHERE deleted_at IS NULL;
  CREATE INDEX images_by_job ON images (job_id);
  CREATE VIRTUAL TABLE images_text USING fts5 (id UNINDEXED, prompt, negative, model, seed, tokenize = 'unicode61 remove_diacritics 2');
  CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    record TEXT NOT NULL
  );
  `,
  `
  CREATE TABLE races (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER,
    prompt TEXT NOT NULL,
    summary TEXT NOT NULL,
    record TEXT NOT NULL
  );
  CREATE INDEX races_by_time ON races (created_at DESC, id DESC) WHERE deleted_at IS NULL;
  CREATE TABLE calibrations (
    model_id TEXT NOT NULL,
    precision TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (model_id, precision)
  );
  `,
]
