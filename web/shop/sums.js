import { discount, goods, shipping, total } from "./basket.js";
import { euros } from "./catalogue.js";
import { make } from "./shop.js";

/** What it comes to, into a <dl>. */
export function showSums(list) {
  const rows = [["Sweets", euros(goods())], ["Delivery", shipping() ? euros(shipping()) : "free"]];
  if (discount()) rows.splice(1, 0, ["Coupon", `− ${euros(discount())}`]);
  rows.push(["Total", euros(total())]);
  list.replaceChildren(...rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}
