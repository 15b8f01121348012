import { useTranslation } from "react-i18next";
import { ProblemError } from "../api/client";
import { Notice } from "./Notice";

export interface ProblemNoticeProps {
  error: Error;
  retry: () => void;
  retrying: boolean;
  /** Set when the period may be what the server refused: leads back to the whole one. */
  reset?: (() => void) | undefined;
}

/** An error as the server told it (RFC 9457), with the one thing to do about it. */
export function ProblemNotice({ error, retry, retrying, reset }: ProblemNoticeProps) {
  const { t } = useTranslation();
  const problem = error instanceof ProblemError ? error.problem : null;
  const status = problem?.status ?? 0;
  const detail = problem?.type === "about:blank" && !problem.title
    ? t(status === 0 ? "problem.unreachable" : "problem.unexpected")
    : problem?.detail || error.message;
  const small = [
    status > 0 ? t("problem.status", { status }) : "",
    problem?.field ? t("problem.field", { field: problem.field }) : "",
  ].filter(Boolean).join(" · ");
  return (
    <Notice
      urgent
      title={problem?.title || t("problem.title")}
      text={detail}
      action={reset && status >= 400 && status < 500
        ? { label: t("problem.reset"), onClick: reset }
        : { label: t("problem.retry"), onClick: retry, loading: retrying }}
    >
      {small ? <p>{small}</p> : null}
    </Notice>
  );
}
