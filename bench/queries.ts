// B1: ten mailboxes with twenty messages each and their account. B2: one message with its account,
// its document known to the server (warm) or not (cold). Whole servers, under the same row policies.
import { parseArgs } from 'node:util';
import { Child } from './frame/child.ts';
import { cpuSeconds } from './frame/cpu.ts';
import { post } from './frame/http-load.ts';
import { type Operation, runInterleaved } from './frame/interleaved.ts';
import { openMailDatabase } from './frame/mail-database.ts';
import { report } from './frame/report.ts';
import { messageFields } from './servers/mail-sql.ts';
import { tokenOf } from './servers/token.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    concurrency: { type: 'string', default: '16' },
  },
});
const rounds = Number(values.rounds);
const concurrency = Number(values.concurrency);
const mail = await openMailDatabase(2_000);
const { rows: boxes } = await mail.sql.query<{ id: string; org_id: string }>(
  `select c.id, c.org_id from connections c join organization o on o.id = c.org_id and o.slug = 'acme' order by c.id`,
);
const { rows: admins } = await mail.sql.query<{ id: string }>(
  `select id from auth.users where email = 'acme1@bench.test'`,
);
const { rows: messages } = await mail.sql.query<{ id: string }>(
  'select id from messages where org_id = $1 order by md5(id::text) limit 2000',
  [boxes[0]?.org_id],
);
const headers = {
  authorization: `Bearer ${await tokenOf(admins[0]?.id ?? '')}`,
  'x-user-id': admins[0]?.id ?? '',
  'x-organization-id': boxes[0]?.org_id ?? '',
};

const plainNested = `{ mailboxes { id accountEmail messages { ${messageFields} } } }`;
const plainOne = `query ($id: ID!) { message(id: $id) { ${messageFields} } }`;
const rawFields = `rowId subject snippet receivedAt fromAddress fromName connectionByOrgIdAndConnectionId { accountEmail }`;
/** Without a field for the mail of an account, ours asks ten times for a page. */
const ownNested = `{ ${boxes
  .map(
    ({ id }, at) =>
      `box${at}: messages(first: 20, filter: { connectionId: "${id}" }) { edges { node { ${messageFields} } } }`,
  )
  .join(' ')} }`;

const servers = [
  {
    name: 'lockstep',
    script: 'mail-lockstep.ts',
    nested: ownNested,
    one: `query ($id: ID!) { node(id: $id) { ... on Message { ${messageFields} } } }`,
    idOf: (id: string) => Buffer.from(`Message:${id}`).toString('base64'),
  },
  { name: 'mercurius', script: 'mail-mercurius.ts', nested: plainNested, one: plainOne },
  { name: 'apollo', script: 'mail-apollo.ts', nested: plainNested, one: plainOne },
  {
    name: 'postgraphile',
    script: 'mail-postgraphile.ts',
    nested: `{ allConnectionsList(first: 10, orderBy: PRIMARY_KEY_ASC) { rowId accountEmail messagesByOrgIdAndConnectionIdList(first: 20, orderBy: [RECEIVED_AT_DESC, ROW_ID_ASC]) { ${rawFields} } } }`,
    one: `query ($id: UUID!) { messageByRowId(rowId: $id) { ${rawFields} } }`,
  },
  { name: 'limit', script: 'mail-limit.ts', nested: plainNested, one: plainOne },
];

/** What an answer shows, whatever its shape: subjects and accounts in their order. */
function shown(answer: string): string {
  const subjects = [...answer.matchAll(/"subject" ?: ?"([^"]*)"/g)].map(([, text]) => text);
  const accounts = [
    ...answer.matchAll(/"connection[A-Za-z]*" ?: ?\{"accountEmail" ?: ?"([^"]*)"/g),
  ];
  return JSON.stringify([subjects, accounts.map(([, text]) => text)]);
}

const known = new Set<number>();
async function newBackends(): Promise<number[]> {
  const { rows } = await mail.sql.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database()',
  );
  const added = rows.map(({ pid }) => pid).filter((pid) => !known.has(pid));
  for (const pid of added) known.add(pid);
  return added;
}

const nested: Operation[] = [];
const warm: Operation[] = [];
const cold: Operation[] = [];
const children: Child[] = [];
const expected = new Map<string, string>();
try {
  await newBackends();
  let text = 0;
  for (const { name, script, nested: list, one, idOf = (id: string) => id } of servers) {
    const child = await Child.start(script, [mail.url]);
    children.push(child);
    const ask = (query: string, id?: string) =>
      post(
        child.port,
        headers,
        JSON.stringify({ query, ...(id !== undefined && { variables: { id: idOf(id) } }) }),
      );
    const check = (what: string, answer: string) => {
      const found = shown(answer);
      expected.set(what, expected.get(what) ?? found);
      if (found !== expected.get(what) || !found.includes('Subject')) {
        throw new Error(`${name} shows other rows: ${answer.slice(0, 600)}`);
      }
    };
    check('nested', await ask(list));
    check('one', await ask(one, messages[0]?.id ?? ''));
    for (let at = 0; at < 10; at++) {
      await Promise.all(Array.from({ length: concurrency }, () => ask(list)));
    }
    const backends = await newBackends();
    const common = {
      name,
      cpuSeconds: () => [child.pid, ...backends].reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    };
    const idAt = (number: number) => messages[number % messages.length]?.id ?? '';
    nested.push({ ...common, perSlice: 16, run: () => ask(list) });
    warm.push({ ...common, perSlice: 48, run: (number) => ask(one, idAt(number)) });
    cold.push({
      ...common,
      perSlice: 32,
      run: (number) => ask(`${one} # ${text++}`, idAt(number)),
    });
  }
  const against = (least: number, figure: 'cpu' | 'wall') =>
    ['postgraphile', 'mercurius', 'apollo'].map((peer) => ({
      ours: 'lockstep',
      peer,
      figure,
      atLeast: least,
    }));
  const settings = { rounds, concurrency, countsThisProcess: false };
  const limit = (figure: 'cpu' | 'wall', atLeast: number) => ({
    ours: 'lockstep',
    peer: 'limit',
    figure,
    atLeast,
  });
  const b1 = report(
    'B1 ten lists of twenty, CPU of server and PostgreSQL',
    await runInterleaved(nested, settings),
    [...against(10, 'cpu'), ...against(3, 'wall'), limit('wall', 0.85)],
  );
  const b2 = report(
    'B2 one object and its parent, warm document',
    await runInterleaved(warm, settings),
    [...against(4, 'cpu'), ...against(3, 'wall'), limit('wall', 0.8)],
  );
  const b2cold = report('B2 the same, cold document', await runInterleaved(cold, settings), [
    ...against(1, 'cpu'),
  ]);
  process.exitCode = b1 && b2 && b2cold ? 0 : 1;
} finally {
  await Promise.all(children.map((child) => child.stop()));
  await mail.close();
}
process.exit();
