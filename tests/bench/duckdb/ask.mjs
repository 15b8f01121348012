// The questions of bench_engine, asked of DuckDB: node ask.mjs events.csv moment_micros runs memory_limit [question]
// One line of JSON a question: name, median seconds, and the answer as text, to be compared.
import { DuckDBInstance } from '@duckdb/node-api';

const [csv, moment, runs, memory, only] = process.argv.slice(2);
const db = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: memory });
const connection = await db.connect();
const rows = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();

await connection.run(`CREATE TABLE events AS SELECT * FROM read_csv('${csv}', header = true, columns = {
  'customer': 'INTEGER', 'seq': 'INTEGER', 'kind': 'UTINYINT', 'ts': 'BIGINT', 'total': 'BIGINT', 'label': 'VARCHAR'})
  ORDER BY customer, ts, seq`);
const day = 86400000000;

const following = (value, order = 'ts, seq') =>
  `min(${value}) OVER (PARTITION BY customer ORDER BY ${order} ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)`;

const questions = {
  transitions: `SELECT before, kind, count(*), sum(ts - ts_before), min(ts - ts_before), max(ts - ts_before) FROM (
      SELECT kind, ts, lag(kind) OVER w AS before, lag(ts) OVER w AS ts_before FROM events
      WINDOW w AS (PARTITION BY customer ORDER BY ts, seq)) WHERE before IS NOT NULL GROUP BY ALL ORDER BY 1, 2`,
  // Backwards from the last step: the earliest event of the next step after each, and where its chain then ends.
  funnel: `WITH e AS (SELECT customer, seq, kind, ts FROM events WHERE kind <= 3),
      c AS (SELECT *, ${following('CASE WHEN kind = 3 THEN ts END')} AS d FROM e),
      b AS (SELECT *, ${following('CASE WHEN kind = 2 THEN ts END')} AS c,
                      ${following('CASE WHEN kind = 2 THEN d END')} AS cd FROM c),
      a AS (SELECT *, ${following('CASE WHEN kind = 1 THEN ts END')} AS b,
                      ${following('CASE WHEN kind = 1 THEN c END')} AS bc,
                      ${following('CASE WHEN kind = 1 THEN cd END')} AS bcd FROM b),
      r AS (SELECT customer, max(CASE WHEN bcd - ts <= ${7 * day} THEN 4 WHEN bc - ts <= ${7 * day} THEN 3
                                      WHEN b - ts <= ${7 * day} THEN 2 ELSE 1 END) AS reach
            FROM a WHERE kind = 0 GROUP BY customer)
      SELECT count(*), count(*) FILTER (reach >= 2), count(*) FILTER (reach >= 3), count(*) FILTER (reach >= 4) FROM r`,
  retention: `WITH o AS (SELECT customer, seq, ts, date_diff('month', DATE '1970-01-01', make_timestamp(ts)) AS month
                         FROM events WHERE kind = 3),
      f AS (SELECT customer, min(month) AS cohort, arg_min(seq, (ts, seq)) AS first FROM o GROUP BY customer)
      SELECT cohort, month - cohort AS k, count(DISTINCT o.customer) FROM o JOIN f USING (customer)
      WHERE o.seq <> f.first GROUP BY ALL ORDER BY 1, 2`,
  segment: `SELECT count(*) FROM (SELECT customer FROM events WHERE ts <= ${moment} GROUP BY customer HAVING
      coalesce(sum(total) FILTER (kind = 3 AND ts > ${moment} - ${365 * day}), 0) >= 20000
      AND ${moment} - max(ts) FILTER (kind = 3) > ${30 * day}
      AND count(*) FILTER (kind = 0 AND label = 'c3' AND ts > ${moment} - ${180 * day}) > 0)`,
  distinct: `SELECT date_diff('month', DATE '1970-01-01', make_timestamp(ts)) AS month, label, count(DISTINCT customer)
      FROM events WHERE kind = 3 GROUP BY ALL ORDER BY 1, 2`,
};

for (const [name, sql] of Object.entries(questions)) {
  if (only && name !== only) continue;
  const seconds = [];
  let answer;
  for (let run = 0; run < Number(runs); ++run) {
    const begin = process.hrtime.bigint();
    answer = await rows(sql);
    seconds.push(Number(process.hrtime.bigint() - begin) / 1e9);
  }
  seconds.sort((a, b) => a - b);
  const text = answer.map((row) => row.join(',')).join(';');
  console.log(JSON.stringify({ name, seconds: seconds[seconds.length >> 1], answer: text }));
}
