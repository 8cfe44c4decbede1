drop table initial_sync_claim, connections, oauth_authorizations, provider_grants;
