import styles from "./Command.module.css";

/** A line to type in a terminal. Scrolls by itself on a narrow screen, so it can be reached by keyboard. */
export function Command({ children }: { children: string }) {
  return <code className={styles.command} tabIndex={0}>{children}</code>;
}
