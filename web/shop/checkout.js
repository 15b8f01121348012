import { asProducts, cartId, coupon, discount, empty, goods, lines, shipping, total } from "./basket.js";
import { euros } from "./catalogue.js";
import { make, tell } from "./shop.js";
import { showSums } from "./sums.js";

const kRefused = "4000000000000002";
const byId = (id) => document.getElementById(id);

/** Somebody to pay takes a second. */
const ask = (card) => new Promise((resolve) => setTimeout(() => resolve(card !== "" && card !== kRefused), 800));

async function pay(event) {
  event.preventDefault();
  const pays = byId("pay");
  byId("refused").hidden = true;
  pays.disabled = true;
  const [name, email, city] = ["name", "email", "city"].map((id) => byId(id).value);
  tell("identify", { email, name, address: { city } });
  tell("track", "Payment Info Entered", { checkout_id: cartId(), payment_method: "card" });
  const isPaid = await ask(byId("card").value.replace(/\D/g, ""));
  pays.disabled = false;
  if (!isPaid) {
    byId("refused").hidden = false;
    return;
  }
  const order = {
    order_id: `D-${Date.now().toString(36).toUpperCase()}`, cart_id: cartId(), coupon: coupon() || undefined,
    total: total(), revenue: goods() - discount(), shipping: shipping(), discount: discount(), products: asProducts(),
  };
  sessionStorage.setItem("almond_order", JSON.stringify(order));
  empty();
  location.href = "thanks.html";
}

byId("order").addEventListener("submit", pay);
byId("lines").replaceChildren(...lines().map(([product, quantity]) =>
  make("li", {},
    make("span.name", {}, `${quantity} × ${product.name}`),
    make("span.price", {}, euros(product.price * quantity)))));
showSums(byId("sums"));
byId("amount").textContent = euros(total());
if (!lines().length) {
  byId("pay").disabled = true;
  const link = make("a", { href: "index.html" }, "Find something sweet.");
  byId("order").before(make("p.note", {}, "There is nothing in the basket yet. ", link));
}
tell("track", "Checkout Step Viewed", { checkout_id: cartId(), step: 1 });
