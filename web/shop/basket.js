/** The basket, in this browser alone. */
import { asLine, productOf } from "./catalogue.js";

const kKey = "almond_basket";

function load() {
  try {
    return JSON.parse(localStorage.getItem(kKey)) ?? {};
  } catch {
    return {};
  }
}

function save(basket) {
  localStorage.setItem(kKey, JSON.stringify(basket));
  dispatchEvent(new Event("basket"));
}

/** [product, quantity] by product. */
export const lines = () =>
  Object.entries(load().quantities ?? {})
    .map(([id, quantity]) => [productOf(id), quantity])
    .filter(([product]) => product);

/** The same until the order: what happened to one basket belongs together. */
export function cartId() {
  const basket = load();
  if (!basket.id) save({ ...basket, id: `B-${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}` });
  return basket.id ?? load().id;
}

export const coupon = () => load().coupon ?? "";
export const count = () => lines().reduce((sum, [, quantity]) => sum + quantity, 0);
const rounded = (amount) => Math.round(amount * 100) / 100;
export const goods = () => rounded(lines().reduce((sum, [product, quantity]) => sum + product.price * quantity, 0));
export const discount = () => (coupon() ? Math.min(5, goods()) : 0);
export const shipping = () => (goods() >= 40 || !count() ? 0 : 4.9);
export const total = () => rounded(goods() - discount() + shipping());
export const asProducts = () => lines().map(([product, quantity]) => asLine(product, quantity));

export function change(id, by) {
  const basket = load();
  basket.quantities ??= {};
  basket.quantities[id] = (basket.quantities[id] ?? 0) + by;
  if (basket.quantities[id] <= 0) delete basket.quantities[id];
  save(basket);
}

export const setCoupon = (code) => save({ ...load(), coupon: code });
export const empty = () => save({});
