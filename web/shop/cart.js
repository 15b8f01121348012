import { asProducts, cartId, change, coupon, count, discount, goods, lines, setCoupon, shipping } from "./basket.js";
import { asLine, euros } from "./catalogue.js";
import { make, picture, tell } from "./shop.js";
import { showSums } from "./sums.js";

const byId = (id) => document.getElementById(id);

function stepper(product, by, sign) {
  const label = by > 0 ? `One more ${product.name}` : `One ${product.name} less`;
  const button = make("button.step", { type: "button", "aria-label": label }, sign);
  button.addEventListener("click", () => {
    change(product.id, by);
    tell("track", by > 0 ? "Product Added" : "Product Removed", { cart_id: cartId(), ...asLine(product) });
    show();
  });
  return button;
}

function line([product, quantity]) {
  return make("li", {},
    picture(product.picture),
    make("a.name", { href: `product.html?id=${product.id}` }, product.name),
    make("span.count", {}, stepper(product, -1, "−"), String(quantity), stepper(product, 1, "+")),
    make("span.price", {}, euros(product.price * quantity)));
}

function show() {
  byId("empty").hidden = count() > 0;
  byId("full").hidden = !count();
  byId("lines").replaceChildren(...lines().map(line));
  showSums(byId("sums"));
}

byId("coupon").value = coupon();
byId("coupon-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const code = byId("coupon").value.trim().toUpperCase();
  const isGood = code === "ALMOND5";
  const about = { cart_id: cartId(), coupon_id: code, coupon_name: code };
  setCoupon(isGood ? code : "");
  tell("track", "Coupon Entered", about);
  if (isGood) tell("track", "Coupon Applied", { ...about, discount: discount() });
  else tell("track", "Coupon Denied", { ...about, reason: "unknown" });
  byId("coupon-note").textContent = isGood ? "Five euros less." : "We do not know that coupon.";
  show();
});

// The paper was ordered, the code for it was not.
byId("wrap").addEventListener("click", () => window.wrapping.begin(lines()));

byId("checkout").addEventListener("click", () => {
  tell("track", "Checkout Started", {
    cart_id: cartId(), value: goods(), shipping: shipping(), discount: discount(), coupon: coupon() || undefined,
    products: asProducts(),
  });
});

show();
tell("track", "Cart Viewed", { cart_id: cartId(), products: asProducts() });
