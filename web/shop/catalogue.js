/** What is sold. Prices in euros. */
export const kProducts = [
  {
    id: "P201", picture: "calissons", name: "Calissons of Aix, 12", category: "Almond sweets", price: 14.5,
    text: "Almonds from Valensole and candied melon under a thin royal icing. Twelve, in the diamond-shaped box.",
  },
  {
    id: "P102", picture: "dragees", name: "Avola dragées, rose", category: "Dragées", price: 16.9,
    text: "One Avola almond each, in eleven coats of sugar that take four days to dry.",
  },
  {
    id: "P604", picture: "macarons", name: "Macarons, 12", category: "Biscuits", price: 18.9,
    text: "Pistachio, raspberry, lemon and salted caramel, three of each, baked the night before they leave.",
  },
  {
    id: "P203", picture: "nougat", name: "Soft nougat with almonds", category: "Almond sweets", price: 9.5,
    text: "Lavender honey, whipped egg white, thirty per cent almonds. It gives way, and does not stick.",
  },
  {
    id: "P405", picture: "truffles", name: "Truffles, 16", category: "Chocolate", price: 15.9,
    text: "A ganache of seventy-two per cent, rolled by hand in cocoa. Best within three weeks, if they last.",
  },
  {
    id: "P305", picture: "pralines", name: "Pralines, pink", category: "Almonds and nuts", price: 6.4,
    text: "Almonds cooked in a copper pan with pink sugar, as the fairs of Lyon have them.",
  },
  {
    id: "P401", picture: "bar", name: "Dark bar 72 %", category: "Chocolate", price: 4.9,
    text: "Beans from Piura in Peru: red fruit first, then tobacco. Nothing else but cane sugar.",
  },
  {
    id: "P303", picture: "almonds", name: "Caramelised almonds", category: "Almonds and nuts", price: 6.2,
    text: "Roasted to a deep brown, then rolled in caramel and a little salt of the Camargue.",
  },
  {
    id: "P205", picture: "marzipan", name: "Marzipan fruits", category: "Almond sweets", price: 15.9,
    text: "Pears, lemons and cherries of almond paste, painted one by one with a brush.",
  },
  {
    id: "P104", picture: "pastel", name: "Chocolate dragées, pastel", category: "Dragées", price: 13.9,
    text: "Dark chocolate in a thin shell of sugar, in the six colours of a spring fair.",
  },
  {
    id: "P702", picture: "box", name: "Gift box, medium", category: "Gift boxes", price: 34.9,
    text: "Calissons, nougat, pink pralines and a bar, in the green box with the ribbon.",
  },
  {
    id: "P704", picture: "desserts", name: "Thirteen desserts", category: "Gift boxes", price: 45.9,
    text: "The whole Provençal Christmas table, from the white nougat to the candied citron.",
  },
];

export const productOf = (id) => kProducts.find((product) => product.id === id);

export const euros = (amount) => new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" }).format(amount);

/** A product as the e-commerce vocabulary has it. */
export const asLine = ({ id, name, category, price }, quantity = 1) => ({
  product_id: id, name, category, brand: "Almond & Co", price, quantity,
});
