/** The peers' statements: the same rows, at best one statement a level. */
export const mailboxesText = `select id, account_email as "accountEmail" from connections order by id limit 10`;

/** The newest twenty of each mailbox. */
export const messagesText = `select m.* from unnest($1::uuid[]) with ordinality as c (id, place)
  cross join lateral (
    select id, connection_id as "connectionId", subject, snippet, received_at as "receivedAt",
      from_address as "fromAddress", from_name as "fromName"
    from messages where org_id = $2 and connection_id = c.id order by received_at desc, id limit 20
  ) m order by c.place`;

export const mailboxesOfText = `select id, account_email as "accountEmail" from connections where id = any ($1::uuid[])`;

export const messageText = `select id, connection_id as "connectionId", subject, snippet, received_at as "receivedAt",
  from_address as "fromAddress", from_name as "fromName" from messages where id = $1`;

export const scopeText = `select set_config('role', 'authenticated', true), set_config('app.current_user_id', $1, true),
  set_config('app.current_organization_id', $2, true), set_config('app.current_standing', 'admin', true)`;

/** One statement that makes the whole answer: the limit. */
export const nestedJsonText = `select json_build_object('data', json_build_object('mailboxes', json_agg(box order by id)))::text as body
  from (select c.id, json_build_object('id', c.id, 'accountEmail', c.account_email, 'messages', (
      select json_agg(json_build_object('id', m.id, 'subject', m.subject, 'snippet', m.snippet, 'receivedAt', m.received_at,
        'from', json_build_object('address', m.from_address, 'name', m.from_name),
        'connection', json_build_object('accountEmail', c.account_email)) order by m.received_at desc, m.id)
      from (select * from messages where org_id = $1 and connection_id = c.id order by received_at desc, id limit 20) m)) as box
    from connections c order by id limit 10) boxes`;

export const oneJsonText = `select json_build_object('data', json_build_object('message', json_build_object('id', m.id,
    'subject', m.subject, 'snippet', m.snippet, 'receivedAt', m.received_at,
    'from', json_build_object('address', m.from_address, 'name', m.from_name),
    'connection', json_build_object('accountEmail', c.account_email))))::text as body
  from messages m join connections c on (c.org_id, c.id) = (m.org_id, m.connection_id) where m.id = $1`;

export const typeDefs = `
  type Query { mailboxes: [Mailbox!]! message(id: ID!): Message }
  type Mailbox { id: ID! accountEmail: String messages: [Message!]! }
  type Message { id: ID! subject: String snippet: String receivedAt: String from: Sender! connection: Mailbox! }
  type Sender { address: String name: String }`;

export const messageFields =
  'id subject snippet receivedAt from { address name } connection { accountEmail }';
