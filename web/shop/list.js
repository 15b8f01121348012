import { asLine, euros, kProducts } from "./catalogue.js";
import { attributesOf, make, picture, tell } from "./shop.js";

const byId = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
let category = asked.get("category") ?? "";
let words = asked.get("q") ?? "";

function card(product, index) {
  const { id, name, price } = product;
  const told = { "data-cairn-event": "Product Clicked", "data-cairn-prop-position": index + 1, ...attributesOf(product) };
  return make("li", {}, make("a.tile", { href: `product.html?id=${id}`, ...told },
    picture(product.picture), make("span.name", {}, name), make("span.price", {}, euros(price))));
}

function fits({ name, text, category: of }) {
  return (!category || of === category) && `${name} ${text} ${of}`.toLowerCase().includes(words.trim().toLowerCase());
}

function show() {
  const found = kProducts.filter(fits);
  byId("products").replaceChildren(...found.map(card));
  byId("none").hidden = found.length > 0;
  const all = ["", ...new Set(kProducts.map((product) => product.category))];
  byId("categories").replaceChildren(...all.map((name) => {
    const isOn = String(name === category);
    const chip = make("button.chip", { type: "button", "aria-pressed": isOn }, name || "Everything");
    chip.addEventListener("click", () => {
      category = name;
      tellList(show());
    });
    return chip;
  }));
  return found;
}

function tellList(found) {
  tell("track", "Product List Viewed", {
    list_id: "shop", category: category || undefined, products: found.map((product) => asLine(product)),
  });
}

byId("q").value = words;
byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  words = byId("q").value;
  history.replaceState(null, "", words ? `?q=${encodeURIComponent(words)}` : location.pathname);
  tell("track", "Products Searched", { query: words, results: show().length });
});
tellList(show());
