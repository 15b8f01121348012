import { cartId, change } from "./basket.js";
import { euros, kProducts, productOf } from "./catalogue.js";
import { attributesOf, make, picture } from "./shop.js";

const product = productOf(new URLSearchParams(location.search).get("id")) ?? kProducts[0];
document.title = `${product.name} · Almond & Co`;

function adder() {
  const button = make("button.button", {
    type: "button", id: "add", "data-cairn-event": "Product Added", ...attributesOf(product),
    "data-cairn-prop-quantity": 1, "data-cairn-prop-cart_id": cartId(),
  }, "Add to basket");
  const said = make("p.small", { role: "status" });
  button.addEventListener("click", () => {
    change(product.id, 1);
    said.replaceChildren("It is in your ", make("a", { href: "cart.html" }, "basket"), ".");
  });
  return [button, said];
}

/** The service that knows was never built: the request fails, and the page says so. */
function deliveryDate() {
  const button = make("button.quiet", { type: "button", id: "delivery" }, "When would it arrive?");
  const said = make("p.small", { role: "status" });
  button.addEventListener("click", async () => {
    said.textContent = "Asking the carrier …";
    const answer = await fetch(`api/delivery/${product.id}`).catch(() => null);
    said.textContent = answer?.ok ? await answer.text() : "The carrier does not answer. Most parcels take three days.";
  });
  return [button, said];
}

function wish() {
  const button = make("button.quiet", {
    type: "button", id: "wish", "aria-pressed": "false",
    "data-cairn-event": "Product Added to Wishlist", ...attributesOf(product),
  }, "♡ Keep for later");
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", "true");
    button.textContent = "♥ Kept";
  });
  return button;
}

const details = make("div.details", {},
  make("p.over", {}, product.category), make("h1", {}, product.name), make("p.lead", {}, product.text),
  make("p.price", {}, euros(product.price)), ...adder(),
  // Nobody ever wrote what it does.
  make("p.row", {}, make("button.quiet", { type: "button", id: "closer" }, "See it closer"), wish()),
  ...deliveryDate());

const main = document.getElementById("product");
main.append(make("div.stage", {}, picture(product.picture, product.name)), details);
const told = { "data-cairn-event": "Product Viewed", "data-cairn-on": "load", ...attributesOf(product) };
for (const [name, value] of Object.entries(told)) main.setAttribute(name, value);
