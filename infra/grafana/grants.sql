-- The user that Grafana reads the store of Sealwatch with, for a database named `sealwatch`. It reads what the
-- dashboards of dashboards/grafana read and nothing else: no bytes of reports or messages, nothing of their
-- envelopes and connections, no keys of addresses to report to. Whoever may look at a dashboard can send any
-- SELECT as this user.
--
-- The password is given as its SHA-256, so that it stands in no file:
--   sed "s/PASSWORD_SHA256/$(printf %s "$SEALWATCH_GRAFANA_PASSWORD" | sha256sum | cut -d' ' -f1)/" \
--     infra/grafana/grants.sql | clickhouse-client --multiquery
-- On a cluster add ON CLUSTER to the CREATE and GRANT statements. It can be run again: it then takes back
-- what is not granted here any more.

CREATE SETTINGS PROFILE OR REPLACE sealwatch_grafana SETTINGS
  readonly = 1,
  -- The plugin sets this one with each query; constraints of this kind are on by default since ClickHouse 24.
  max_execution_time = 30 MIN 1 MAX 60 CHANGEABLE_IN_READONLY,
  timeout_overflow_mode = 'throw',
  max_memory_usage = 2147483648,
  max_result_rows = 20000,
  max_result_bytes = 268435456,
  result_overflow_mode = 'throw',
  max_rows_to_read = 2000000000,
  read_overflow_mode = 'throw',
  max_concurrent_queries_for_user = 16,
  -- What the numbers rest on, whatever the server's defaults are.
  join_use_nulls = 0,
  do_not_merge_across_partitions_select_final = 1;

CREATE USER IF NOT EXISTS sealwatch_grafana;
ALTER USER sealwatch_grafana
  IDENTIFIED WITH sha256_hash BY 'PASSWORD_SHA256'
  DEFAULT DATABASE sealwatch
  SETTINGS PROFILE 'sealwatch_grafana';

REVOKE ALL ON *.* FROM sealwatch_grafana;

-- Facts of reports; panels read whole rows of them.
GRANT SELECT ON sealwatch.policy_summaries TO sealwatch_grafana;

GRANT SELECT ON sealwatch.failure_details TO sealwatch_grafana;

-- Of these what the dashboards name, and what FINAL goes by: the sorting key, version and is_deleted.
GRANT SELECT(
  tenant, receipt, item, received_at, processed_at, channel, outcome, reason, items, version, is_deleted
) ON sealwatch.receipts TO sealwatch_grafana;

GRANT SELECT(
  tenant, day, report_key, rows_hash, content_hash, receipt, item, received_at, channel, trust, organization,
  start_at, domains, conforming, deviation_codes, deviation_places, deviation_values, successful_sessions,
  failed_sessions, status, version, is_deleted
) ON sealwatch.reports TO sealwatch_grafana;

GRANT SELECT(
  tenant, receipt, item, received_at, channel, header_from, subject, reason, message, raw_bytes, version, is_deleted
) ON sealwatch.quarantine TO sealwatch_grafana;

-- For a Grafana of one tenant: a user of its own, made as above under another name, and two policies. The first
-- keeps all rows for everybody else, the store's own user too, whatever the server does with users that no policy
-- is about.
--
-- CREATE ROW POLICY OR REPLACE sealwatch_others ON sealwatch.* USING 1 TO ALL EXCEPT sealwatch_grafana_red;
-- CREATE ROW POLICY OR REPLACE sealwatch_red ON sealwatch.* USING tenant = 'red' TO sealwatch_grafana_red;
