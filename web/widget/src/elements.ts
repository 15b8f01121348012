/** What elements say of themselves, by attributes. Their texts and values are never read. */
import type { Fields } from "./recorder";

const kProperty = "data-cairn-prop-";
/** What the vocabulary has as numbers; everything else is text, `007` too. */
const kNumbers =
  /^(price|quantity|position|value|(sub)?total|revenue|shipping|tax|discount|amount|step|results|rating|score|points)$/;

function own(element: Element): Fields {
  const out: Fields = {};
  for (const { name, value } of Array.from(element.attributes)) {
    if (!name.startsWith(kProperty)) continue;
    const property = name.slice(kProperty.length).replaceAll("-", "_");
    const number = Number(value);
    out[property] = kNumbers.test(property) && value.trim() && !Number.isNaN(number) ? number : value;
  }
  const json = element.getAttribute("data-cairn-props");
  return json ? { ...out, ...(JSON.parse(json) as Fields) } : out;
}

/** data-cairn-prop-*, data-cairn-props (JSON), and the [data-cairn-product] inside as `products`. */
export function propertiesOf(element: Element): Fields {
  const out = own(element);
  const products = Array.from(element.querySelectorAll("[data-cairn-product]"), own);
  return products.length ? { ...out, products } : out;
}

/** `button#pay`, `a.card`: enough to find it, and nothing of what it says. */
export function describe(element: Element): string {
  const [firstClass] = element.classList;
  return element.localName + (element.id ? "#" + element.id : firstClass ? "." + firstClass : "");
}

export function nameOf(element: Element): string | undefined {
  return element.closest("[data-cairn-click]")?.getAttribute("data-cairn-click") || undefined;
}
