/**
 * Who may do what with the rows of every table, as data. Rows are seeded for each owner of
 * `fixtures.ts`; `rows-visible.test.ts` and `rows-writable.test.ts` walk it, and
 * `completeness.test.ts` fails when a table is missing here.
 */
export const owners = ['ana', 'ben', 'left', 'gus', 'shared'] as const;
/** Ana, Ben: members of Acme. left: a former member of Acme. gus: of Globex. shared: Acme's own row. */
export type Owner = (typeof owners)[number];

export const actors = [
  'ana',
  'ben',
  'adam',
  'left',
  'inactive',
  'banned',
  'nobody',
  'gus',
  'olga',
  'acmeService',
  'globexService',
  'maintenance',
] as const;
export type Actor = (typeof actors)[number];

export const visibilities = {
  /** A member's own, all of them to the organisation's administrator. */
  personal: {
    ana: ['ana'],
    ben: ['ben'],
    adam: ['ana', 'ben', 'left'],
    gus: ['gus'],
    olga: ['ana', 'ben', 'left', 'gus'],
    acmeService: ['ana', 'ben', 'left'],
    globexService: ['gus'],
    maintenance: ['ana', 'ben', 'left', 'gus'],
  },
  /** As personal; rows without a person belong to the whole organisation. */
  personalOrShared: {
    ana: ['ana', 'shared'],
    ben: ['ben', 'shared'],
    adam: ['ana', 'ben', 'left', 'shared'],
    gus: ['gus'],
    olga: ['ana', 'ben', 'left', 'gus', 'shared'],
    acmeService: ['ana', 'ben', 'left', 'shared'],
    globexService: ['gus'],
    maintenance: ['ana', 'ben', 'left', 'gus', 'shared'],
  },
  /** Nobody else's, whatever the role. */
  private: {
    ana: ['ana'],
    ben: ['ben'],
    gus: ['gus'],
    acmeService: ['ana', 'ben', 'left'],
    globexService: ['gus'],
    maintenance: ['ana', 'ben', 'left', 'gus'],
  },
  /** To administrators only. */
  administrators: {
    adam: ['shared'],
    olga: ['shared', 'gus'],
    acmeService: ['shared'],
    globexService: ['gus'],
    maintenance: ['shared', 'gus'],
  },
  /** Rows of an organisation, seen by all its members. */
  organization: {
    ana: ['shared'],
    ben: ['shared'],
    adam: ['shared'],
    gus: ['gus'],
    olga: ['shared', 'gus'],
    acmeService: ['shared'],
    globexService: ['gus'],
    maintenance: ['shared', 'gus'],
  },
  /** Secrets and plumbing: services only. */
  service: {
    acmeService: ['ana', 'ben', 'left'],
    globexService: ['gus'],
    maintenance: ['ana', 'ben', 'left', 'gus'],
  },
  /** Of people without organisation in the row: a former member belongs to no service's organisation. */
  person: {
    ana: ['ana'],
    ben: ['ben'],
    adam: ['ana', 'ben'],
    left: ['left'],
    gus: ['gus'],
    olga: ['ana', 'ben', 'left', 'gus'],
    acmeService: ['ana', 'ben'],
    globexService: ['gus'],
    maintenance: ['ana', 'ben', 'left', 'gus'],
  },
  /** As person, and not for requests. */
  servicePerson: {
    acmeService: ['ana', 'ben'],
    globexService: ['gus'],
    maintenance: ['ana', 'ben', 'left', 'gus'],
  },
  maintenance: { maintenance: ['ana', 'ben', 'left', 'gus'] },
  memberships: {
    ana: ['ana'],
    ben: ['ben'],
    adam: ['ana', 'ben'],
    gus: ['gus'],
    olga: ['ana', 'ben', 'gus'],
    acmeService: ['ana', 'ben'],
    globexService: ['gus'],
    maintenance: ['ana', 'ben', 'gus'],
  },
  /** The same for everybody who may see anything, own organisation or not. */
  settings: {
    ana: ['shared'],
    ben: ['shared'],
    adam: ['shared'],
    left: ['shared'],
    nobody: ['shared'],
    gus: ['shared'],
    olga: ['shared'],
    acmeService: ['shared'],
    globexService: ['shared'],
    maintenance: ['shared'],
  },
} as const satisfies Record<string, Partial<Record<Actor, readonly Owner[]>>>;

export interface MatrixRow {
  readonly table: string;
  readonly visible: keyof typeof visibilities;
  /** How the row of an owner is found again; default: its id. */
  readonly key?: string;
  /** The column that names the organisation; null: the table has none. */
  readonly organization?: 'org_id' | 'organization_id' | 'id' | null;
  /** Statements that even a service of the organisation is refused. */
  readonly refused?: readonly ('update' | 'delete')[];
}

export const matrix: readonly MatrixRow[] = [
  { table: 'organization', visible: 'organization', organization: 'id' },
  { table: 'auth.users', visible: 'servicePerson', organization: null },
  { table: 'auth.users_extended', visible: 'personal' },
  {
    table: 'user_organizations',
    visible: 'memberships',
    key: 'user_id',
    organization: 'organization_id',
  },
  { table: 'user_profiles', visible: 'person', organization: null },
  { table: 'user_profile_fault', visible: 'maintenance', organization: null },
  { table: 'provider_grants', visible: 'service' },
  { table: 'oauth_authorizations', visible: 'service' },
  { table: 'connections', visible: 'personal' },
  { table: 'initial_sync_claim', visible: 'service' },
  { table: 'mail_folders', visible: 'personal' },
  { table: 'messages', visible: 'personal' },
  { table: 'sync_job_queue', visible: 'personalOrShared' },
  { table: 'sync_error_log', visible: 'personalOrShared' },
  { table: 'sync_failed_item', visible: 'personalOrShared' },
  { table: 'sync_retry_policy', visible: 'settings', key: 'failure_code', organization: null },
  { table: 'sync_schedule', visible: 'organization' },
  { table: 'notifications', visible: 'private' },
  { table: 'mail_outbox', visible: 'service' },
  { table: 'idempotency_keys', visible: 'service' },
  { table: 'admin_audit_log', visible: 'administrators', refused: ['update', 'delete'] },
  { table: 'sync_preview_cache', visible: 'personalOrShared' },
  { table: 'sync_progress', visible: 'personalOrShared' },
  { table: 'sync_activity_log', visible: 'personalOrShared' },
];

/** Reached through their parents or by maintenance alone: no request, no service of one organisation. */
export const closed: readonly RegExp[] = [/^public\.sync_activity_log_(default|\d{4}_\d{2})$/];

/** Tables with tests of their own elsewhere, and the reason. */
export const elsewhere: Readonly<Record<string, string>> = {
  'public._prisma_migrations': 'the history of migrations; no grants to anybody but the owner',
  'live.event': 'maintenance only; test/live covers the feed',
};
