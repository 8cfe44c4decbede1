import { builder } from './builder.ts';
import './scalars.ts';
import './node.ts';
import './errors.ts';
import './viewer.ts';
import './connections.ts';
import './sync-runs.ts';
import './sync-activity.ts';
import './messages.ts';
import './failed-items.ts';
import './notifications.ts';
import './initial-sync.ts';
import './connect.ts';
import './run-control.ts';
import './overrides.ts';
import './companies.ts';
import './retry-policies.ts';
import './audit-log.ts';
import './subscriptions.ts';

builder.queryType({ description: 'Reads. Every field needs a bearer token.' });
builder.mutationType({ description: 'Changes. Every field needs a bearer token.' });

/** The one executable schema, built once at import: it holds no connection and no configuration. */
export const schema = builder.toSchema();
