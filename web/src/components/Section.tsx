import type { ReactNode } from "react";
import styles from "./Section.module.css";

export interface SectionProps {
  id: string;
  title: string;
  text?: string;
  children: ReactNode;
}

/** One question of the page: its words first, then the picture. */
export function Section({ id, title, text, children }: SectionProps) {
  return (
    <section className={styles.section} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {text ? <p className={styles.text}>{text}</p> : null}
      {children}
    </section>
  );
}
