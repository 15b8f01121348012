/** Takes its time: what matters on this page comes after four and a half seconds. */
import { euros, productOf } from "./catalogue.js";
import { make, picture } from "./shop.js";

const kThinking_ms = 4600;
const kAdvice =
  "For somebody who has everything, give what is gone by Sunday. The medium box holds calissons, soft nougat, pink " +
  "pralines and a dark bar; it travels well, keeps for two months, and nobody has ever sent one back. For a whole " +
  "table, take the thirteen desserts, and a day off.";

setTimeout(() => {
  const found = document.getElementById("found");
  found.append(
    make("p.advice", {}, kAdvice),
    ...["P702", "P704"].map(productOf).map(({ id, name, price, picture: drawing }) =>
      make("a.tile", { href: `product.html?id=${id}` },
        picture(drawing), make("span.name", {}, name), make("span.price", {}, euros(price)))));
  found.hidden = false;
  document.getElementById("wait").hidden = true;
}, kThinking_ms);
