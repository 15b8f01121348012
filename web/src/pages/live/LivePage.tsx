/** What arrives right now, whether all of it is kept, and what to do about the rest. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { getSession, ProblemError } from "../../api/client";
import { getRefused, getSources, getUndeclared } from "../../api/live";
import { localeOf, makeFormatter, type Formatter } from "../../components/format";
import { Header } from "../../components/Header";
import { ProblemNotice } from "../../components/ProblemNotice";
import { Link, useParameters } from "../../state/url";
import { SignedOut } from "../sign_in/SignInPage";
import styles from "./LivePage.module.css";
import { Names } from "./Names";
import { Pulse } from "./Pulse";
import { RefusedList } from "./RefusedList";
import { RulesEditor } from "./RulesEditor";
import { Sources } from "./Sources";
import { Stream } from "./Stream";
import { useLive, type LiveFeed } from "./use_live";

const kViews = ["stream", "refused", "names", "rules", "sources"] as const;
type View = (typeof kViews)[number];
const isView = (word: string): word is View => (kViews as readonly string[]).includes(word);

const kManagers = ["owner", "admin", "manager"];
const kRefreshMs = 5000;

/** Numbers beside the views that want somebody to look. */
function useTodo(): Partial<Record<View, number>> {
  const refused = useQuery({ queryKey: ["refused", "groups"], queryFn: ({ signal }) => getRefused({}, 1, signal), refetchInterval: kRefreshMs });
  const names = useQuery({ queryKey: ["undeclared"], queryFn: ({ signal }) => getUndeclared(signal), refetchInterval: kRefreshMs });
  return { refused: refused.data?.counts.waiting ?? 0, names: names.data?.names.length ?? 0 };
}

function Views({ view, format }: { view: View; format: Formatter }) {
  const { t } = useTranslation();
  const todo = useTodo();
  return (
    <nav className={styles.views} aria-label={t("live.views")}>
      {kViews.map((one) => {
        const count = todo[one] ?? 0;
        return (
          <Link key={one} href={one === "stream" ? "/live" : `/live?view=${one}`} aria-current={view === one ? "true" : undefined} stay>
            {t(`live.view.${one}`)}
            {count > 0 ? <span className={`${styles.count} numbers`} data-tone={one === "names" ? "name" : undefined}>{format.integer(count)}</span> : null}
          </Link>
        );
      })}
    </nav>
  );
}

interface BodyProps {
  feed: LiveFeed;
  paused: boolean;
  pause: () => void;
  format: Formatter;
}

function Body({ feed, paused, pause, format }: BodyProps) {
  const parameters = useParameters();
  const session = useQuery({ queryKey: ["session"], queryFn: ({ signal }) => getSession(signal) });
  const sources = useQuery({ queryKey: ["sources"], queryFn: ({ signal }) => getSources(signal) });
  const may = kManagers.includes(session.data?.user.role ?? "");
  const asked = parameters.get("view");
  // Who has no source yet begins there.
  const view: View = isView(asked) ? asked : sources.data?.length === 0 && feed.state?.lines.length === 0 ? "sources" : "stream";
  const { state } = feed;
  if (!state) return <main id="content" className={styles.main} aria-busy="true" tabIndex={-1} />;
  return (
    <main id="content" className={styles.main} tabIndex={-1}>
      <Pulse state={state} connected={feed.connected} compact={view !== "stream"} format={format} />
      <Views view={view} format={format} />
      {view === "stream" ? <Stream state={state} paused={paused} waiting={feed.waiting} pause={pause} locale={format.locale} /> : null}
      {view === "refused" ? <RefusedList may={may} format={format} /> : null}
      {view === "names" ? <Names format={format} /> : null}
      {view === "rules" ? <RulesEditor may={may} /> : null}
      {view === "sources" ? <Sources may={may} format={format} /> : null}
    </main>
  );
}

export default function LivePage() {
  const { t, i18n } = useTranslation();
  const [paused, setPaused] = useState(false);
  const feed = useLive(paused);
  const format = useMemo(
    () => makeFormatter(localeOf(i18n.language, navigator.languages), "", Intl.DateTimeFormat().resolvedOptions().timeZone),
    [i18n.language],
  );
  useEffect(() => {
    document.title = t("live.title");
  }, [t]);
  if (feed.error) {
    const status = feed.error instanceof ProblemError ? feed.error.problem.status : 0;
    if (status === 401) return <SignedOut check={feed.retry} checking={feed.retrying} />;
    return (
      <>
        <Header account />
        <ProblemNotice error={feed.error} retry={feed.retry} retrying={feed.retrying} />
      </>
    );
  }
  return (
    <>
      <Header account />
      <Body feed={feed} paused={paused} pause={() => setPaused(!paused)} format={format} />
    </>
  );
}
