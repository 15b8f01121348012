import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** The green of lichen on stone. */
const lichen: MantineColorsTuple = [
  "#eaf6f1", "#d5ebe2", "#abd8c6", "#7dc4a8", "#58b38f", "#3fa37d", "#2b7a63", "#236853", "#1b5443", "#123b2f",
];

const kFont = "'Figtree Variable', system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif";

export const theme = createTheme({
  fontFamily: kFont,
  headings: { fontFamily: kFont, fontWeight: "650" },
  colors: { lichen },
  primaryColor: "lichen",
  // White on it has 5.2 : 1, in both schemes.
  primaryShade: 6,
  defaultRadius: "md",
  cursorType: "pointer",
});
