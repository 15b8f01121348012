/** One of each call, and what must be in the log of it. */
import assert from "node:assert/strict";

export const kHour = 3_600_000;

/** An hour ago, so that a time that was not taken over shows. */
export const kThen = new Date(Math.floor((Date.now() - kHour) / 1000) * 1000);

const order = { order_id: "o-1", revenue: 39.9, total: 44.9, currency: "EUR", coupon: "été" };

/** [method, message] as all server packages take them. */
export const kCalls = [
  ["identify", { userId: "ada", traits: { email: "Ada@Example.org", plan: "gold" }, timestamp: kThen }],
  ["track", { userId: "ada", event: "Order Completed", properties: order, timestamp: kThen }],
  ["track", { anonymousId: "anon-7", event: "Product Viewed", properties: { product_id: "p1", price: 12.5 } }],
  ["page", { userId: "ada", category: "Docs", name: "Returns", properties: { path: "/returns", title: "Returns" }, timestamp: kThen }],
  ["screen", { userId: "ada", name: "Basket", properties: { items: 3 }, timestamp: kThen }],
  ["group", { userId: "ada", groupId: "acme", traits: { name: "Acme" }, timestamp: kThen }],
  ["alias", { userId: "ada", previousId: "anon-9", timestamp: kThen }],
];

/** The rows that `kCalls` make, each exactly once, in any order. `slackMs`: how far a time may be off. */
export function assertCalls(rows, slackMs = 5_000) {
  const one = (kind, ids, where = () => true) => {
    const found = rows.filter((row) => row.kind === kind && where(row) &&
      Object.entries(ids).every(([name, value]) => row.ids[name]?.includes(value)));
    assert.equal(found.length, 1, `${kind} of ${JSON.stringify(ids)} is there once, in ${JSON.stringify(rows)}`);
    return found[0];
  };
  const isThen = (row) => assert.ok(Math.abs(row.time - kThen) < slackMs, `${row.kind} at ${row.occurred_at}, not ${kThen.toISOString()}`);

  const identify = one("Customer Updated", { user_id: "ada", email: "ada@example.org" });
  assert.equal(identify.properties.plan, "gold");
  const ordered = one("Order Completed", { user_id: "ada" });
  assert.equal(ordered.properties.order_id, "o-1");
  assert.equal(ordered.properties.revenue, 39.9);
  assert.equal(ordered.properties.coupon, "été");
  const viewed = one("Product Viewed", { anonymous_id: "anon-7" });
  assert.equal(viewed.properties.product_id, "p1");
  assert.ok(Math.abs(viewed.time - Date.now()) < 2 * 60_000, `a call without a time is of now, not ${viewed.occurred_at}`);
  const page = one("Page Viewed", { user_id: "ada" });
  assert.equal(page.properties.path, "/returns");
  assert.equal(page.properties.name, "Returns");
  const screen = one("Screen Viewed", { user_id: "ada" });
  assert.equal(screen.properties.name, "Basket");
  const group = one("Group Joined", { user_id: "ada" });
  assert.equal(group.properties.group_id, "acme");
  const alias = one("Customer Updated", { user_id: "ada", anonymous_id: "anon-9" });
  [identify, ordered, page, screen, group, alias].forEach(isThen);
}

/** Every message id is there, none twice. */
export function assertOnce(rows) {
  const keys = rows.map((row) => row.source_key);
  assert.ok(keys.every(Boolean), "each row has the message id that its sender gave");
  assert.equal(new Set(keys).size, keys.length, "no message id is there twice");
}
