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
  `
  CREATE TABLE conversations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    folder TEXT,
    pinned INTEGER NOT NULL DEFAULT 0,
    temporary INTEGER NOT NULL DEFAULT 0,
    record TEXT NOT NULL
  );
  CREATE INDEX conversations_by_time ON conversations (updated_at DESC, id DESC) WHERE deleted_at IS NULL AND temporary = 0;
  CREATE INDEX conversations_by_folder ON conversations (folder) WHERE deleted_at IS NULL AND temporary = 0;
  CREATE VIRTUAL TABLE conversations_text USING fts5 (title, tokenize = 'unicode61 remove_diacritics 2');
  CREATE TABLE messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL,
    status TEXT,
    record TEXT NOT NULL
  );
  CREATE INDEX messages_by_conversation ON messages (conversation_id, number);
  CREATE INDEX messages_unfinished ON messages (status) WHERE status IN ('waiting', 'running');
  CREATE VIRTUAL TABLE messages_text USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2');
  CREATE TABLE chat_drafts (
    conversation_id TEXT PRIMARY KEY,
    record TEXT NOT NULL
  );
  `,
  `
  CREATE TABLE detection_runs (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER,
    record TEXT NOT NULL
  );
  CREATE INDEX detection_runs_by_time ON detection_runs (created_at DESC, id DESC) WHERE deleted_at IS NULL;
  CREATE TABLE detection_uploads (
    run_id TEXT NOT NULL,
    name TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    PRIMARY KEY (run_id, name)
  ) WITHOUT ROWID;
  CREATE TABLE detections (
    id TEXT PRIMARY KEY,
    run_id TEXT,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER,
    name TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    failed INTEGER NOT NULL,
    count INTEGER,
    asset_id TEXT,
    thumbnail_id TEXT,
    record TEXT NOT NULL,
    candidates TEXT
  );
  CREATE INDEX detections_by_time ON detections (created_at DESC, id DESC) WHERE run_id IS NULL AND deleted_at IS NULL;
  CREATE INDEX detections_by_name ON detections (run_id, failed, sort_key, id) WHERE deleted_at IS NULL;
  CREATE INDEX detections_of_run ON detections (run_id, name, failed);
  CREATE INDEX detections_counted ON detections (run_id, failed, deleted_at, count);
  `,
  `
  CREATE TABLE measurements (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (kind, subject)
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE comparisons (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    record TEXT NOT NULL
  );
  CREATE INDEX comparisons_by_time ON comparisons (created_at DESC, id DESC) WHERE deleted_at IS NULL;
  `,
]
