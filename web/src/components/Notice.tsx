import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import styles from "./Notice.module.css";

export interface NoticeProps {
  title: string;
  text: string;
  action?: { label: string; href: string } | { label: string; onClick: () => void; loading?: boolean } | undefined;
  /** Said aloud when it appears. */
  urgent?: boolean;
  children?: ReactNode;
}

/** One calm message in the middle of an otherwise empty page: what is the case, and what to do. */
export function Notice({ title, text, action, urgent = false, children }: NoticeProps) {
  return (
    <main id="content" className={styles.main} tabIndex={-1}>
      <section className={styles.notice} role={urgent ? "alert" : undefined}>
        <svg viewBox="0 0 120 84" className={styles.picture} aria-hidden="true">
          <ellipse cx="60" cy="68" rx="56" ry="13" />
          <ellipse cx="63" cy="44" rx="38" ry="11" />
          <ellipse cx="58" cy="22" rx="22" ry="10" className={styles.missing} />
        </svg>
        <h1>{title}</h1>
        <p>{text}</p>
        {children}
        {action === undefined ? null : "href" in action ? (
          <Button component="a" href={action.href} size="md" mt="md">{action.label}</Button>
        ) : (
          <Button onClick={action.onClick} loading={action.loading ?? false} size="md" mt="md">{action.label}</Button>
        )}
      </section>
    </main>
  );
}
