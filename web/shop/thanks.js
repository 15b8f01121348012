import { euros } from "./catalogue.js";
import { tell } from "./shop.js";

const order = JSON.parse(sessionStorage.getItem("almond_order") ?? "null");
if (order) {
  const said = `Order ${order.order_id}, ${euros(order.total)}, is on its way to the kitchen.`;
  document.getElementById("said").textContent = said;
  // A reload tells of it again, and the server knows the order's number.
  tell("order", order);
}
