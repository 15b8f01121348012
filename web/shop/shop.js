/** What every page of the shop has: the basket's count, and the visitor's own word on being measured. */
import { count } from "./basket.js";

/** Works before cairn.js is there, and when it never comes. */
export const tell = (...call) => (window.cairn ??= []).push(call);

/** `make("a.card", { href: "x" }, "text", child)`. Text is only ever text. */
export function make(what, attributes = {}, ...children) {
  const [name, ...classes] = what.split(".");
  const element = document.createElement(name);
  element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export function picture(name, title = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("viewBox", "0 0 200 150");
  if (title) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", title);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  use.setAttribute("href", `pictures.svg#${name}`);
  svg.append(use);
  return svg;
}

/** The attributes by which a product's element tells of it. */
export const attributesOf = ({ id, name, category, price }) => ({
  "data-cairn-prop-product_id": id, "data-cairn-prop-name": name, "data-cairn-prop-category": category,
  "data-cairn-prop-brand": "Almond & Co", "data-cairn-prop-price": price,
});

const byId = (id) => document.getElementById(id);

function showCount() {
  const many = count();
  byId("basket-count").textContent = many ? String(many) : "";
  byId("basket-link").setAttribute("aria-label", many === 1 ? "Basket, 1 article" : `Basket, ${many} articles`);
}

function header() {
  const here = location.pathname.split("/").pop() || "index.html";
  const pages = [["index.html", "Shop"], ["gifts.html", "Gift finder"], ["broken.html", "What is broken"]];
  const links = pages.map(([href, text]) => {
    const current = href === here ? "page" : undefined;
    return make("a", { href, "data-cairn-click": `menu ${text}`, "aria-current": current }, text);
  });
  byId("top").append(
    make("a.brand", { href: "index.html" }, "Almond & Co"),
    make("nav", { "aria-label": "Shop" }, ...links),
    make("a.basket", { href: "cart.html", id: "basket-link" }, "Basket ", make("span", { id: "basket-count" })),
  );
}

function footer() {
  const box = make("input", { type: "checkbox", id: "measure" });
  box.checked = localStorage.getItem("almond_measure") !== "no";
  box.addEventListener("change", () => {
    localStorage.setItem("almond_measure", box.checked ? "yes" : "no");
    tell("consent", box.checked);
  });
  byId("foot").append(
    make("p", {}, "A shop to try things on: nothing is sold, nobody is charged, nothing leaves this server."),
    make("label", { for: "measure" }, box, " Measure my visit"),
  );
}

header();
footer();
showCount();
addEventListener("basket", showCount);
addEventListener("storage", showCount);
