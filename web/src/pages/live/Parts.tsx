/** Small things that the parts of the live page share. */
import { Button } from "@mantine/core";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "../../api/client";
import type { Apart } from "../../api/live_types";
import styles from "./parts.module.css";

export { styles as parts };

const kTokens = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null|-?\d[\d.eE+-]*)\b/g;

/** JSON with its keys and values told apart, for eyes; to a screen reader it is plain text. */
export function Json({ value, label }: { value: unknown; label: string }) {
  const text = JSON.stringify(value, null, 2) ?? "";
  const pieces: ReactNode[] = [];
  let last = 0;
  for (const match of text.matchAll(kTokens)) {
    pieces.push(text.slice(last, match.index));
    const part = match[2] ? "key" : match[1] ? "text" : "word";
    pieces.push(<span key={match.index} data-part={part}>{match[1] ?? match[3]}</span>, match[2] ?? "");
    last = match.index + match[0].length;
  }
  pieces.push(text.slice(last));
  return <pre className={styles.json} tabIndex={0} role="region" aria-label={label}>{pieces}</pre>;
}

export function ApartBadge({ apart }: { apart: Apart }) {
  const { t } = useTranslation();
  return <span className={styles.badge} data-tone="apart">{t(`live.apart.${apart}`)}</span>;
}

/** In the words of the server, else of the page. */
export function useProblemWords(): (error: Error) => string {
  const { t } = useTranslation();
  return (error) => {
    if (!(error instanceof ProblemError)) return error.message;
    const { status, detail, title, type } = error.problem;
    if (type === "about:blank" && !title) return t(status === 0 ? "problem.unreachable" : "problem.unexpected");
    return detail || title;
  };
}

export function Problem({ error }: { error: Error | null }) {
  const words = useProblemWords();
  return error ? <p role="alert" className={styles.problem}>{words(error)}</p> : null;
}

export function Empty({ title, text }: { title: string; text: string }) {
  return <p className={styles.empty}><strong>{title}</strong>{text}</p>;
}

const kToldMs = 2000;

export function CopyButton({ text }: { text: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), kToldMs);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false));
  return (
    <Button size="xs" variant="default" onClick={copy}>
      <span aria-live="polite">{t(copied ? "live.copied" : "live.copy")}</span>
    </Button>
  );
}

export interface SureButtonProps {
  label: string;
  /** What the second press says. */
  sure: string;
  onSure: () => void;
  loading?: boolean;
}

/** For what cannot be taken back: the first press asks, the second does. */
export function SureButton({ label, sure, onSure, loading = false }: SureButtonProps) {
  const [asked, setAsked] = useState(false);
  const press = () => {
    if (asked) onSure();
    setAsked(!asked);
  };
  return (
    <Button size="xs" variant={asked ? "filled" : "default"} {...(asked ? { color: "red.8" } : {})} loading={loading}
      onClick={press} onBlur={() => setAsked(false)}>
      {asked ? sure : label}
    </Button>
  );
}
