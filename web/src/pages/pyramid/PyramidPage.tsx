import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { getReport, ProblemError } from "../../api/client";
import type { Report } from "../../api/types";
import { makeFormatter, localeOf, type Formatter } from "../../components/format";
import { Header } from "../../components/Header";
import { ProblemNotice } from "../../components/ProblemNotice";
import { useParameters } from "../../state/url";
import { SignedOut } from "../sign_in/SignInPage";
import { Cairn } from "./Cairn";
import { Counts } from "./Counts";
import { Customers } from "./Customers";
import { EmptyPage } from "./EmptyPage";
import { firstLevel } from "./first_level";
import { kLevels } from "./geometry";
import { Hero } from "./Hero";
import { Lateness } from "./Lateness";
import { LevelPanel, OtherFigures } from "./LevelPanel";
import { Loading } from "./Loading";
import { MeasureTable } from "./MeasureTable";
import { MoneyFlow } from "./MoneyFlow";
import { NextSteps } from "./NextSteps";
import { PeriodPicker } from "./PeriodPicker";
import styles from "./PyramidPage.module.css";

function askedLevel(word: string): number | null {
  const level = Number(word);
  return Number.isInteger(level) && level >= 1 && level <= kLevels ? level : null;
}

function Picture({ report, format, busy }: { report: Report; format: Formatter; busy: boolean }) {
  const { t } = useTranslation();
  const parameters = useParameters();
  const panel = useRef<HTMLElement>(null);
  const { levels } = report.pyramid;
  const chosen = askedLevel(parameters.get("level")) ?? firstLevel(levels);
  const level = levels.find((candidate) => candidate.level === chosen);
  const choose = (wanted: number) => parameters.set({ level: String(wanted) }, "replace");
  const show = (wanted: number) => {
    choose(wanted);
    panel.current?.scrollIntoView({ block: "start" });
    panel.current?.focus({ preventScroll: true });
  };

  return (
    <main id="content" className={styles.main} tabIndex={-1} aria-busy={busy}>
      <div className={styles.progress} data-busy={busy} />
      <PeriodPicker period={report.period} zone={report.brand.zone} format={format} />
      <div className={styles.top}>
        <Hero report={report} format={format} />
        <section className={styles.cairn} aria-label={t("pyramid.title")}>
          <Cairn pyramid={report.pyramid} chosen={chosen} choose={choose} format={format} />
        </section>
      </div>
      {level ? <LevelPanel ref={panel} level={level} report={report} format={format} /> : null}
      <MeasureTable report={report} format={format} />
      <NextSteps report={report} format={format} show={show} />
      <Lateness lateness={report.lateness} format={format} />
      <div className={styles.pair}>
        <MoneyFlow money={report.money} format={format} />
        <Customers pyramid={report.pyramid} format={format} />
      </div>
      <OtherFigures report={report} format={format} />
      <Counts report={report} format={format} />
    </main>
  );
}

export function PyramidPage() {
  const { t, i18n } = useTranslation();
  const parameters = useParameters();
  const question = { lang: i18n.language, since: parameters.get("since"), until: parameters.get("until") };
  const answer = useQuery({
    queryKey: ["report", question],
    queryFn: ({ signal }) => getReport(question, signal),
    placeholderData: keepPreviousData,
  });
  const report = answer.data;
  const format = useMemo(
    () => makeFormatter(
      localeOf(i18n.language, navigator.languages),
      report?.brand.currency ?? "",
      report?.brand.zone ?? "UTC",
    ),
    [i18n.language, report?.brand.currency, report?.brand.zone],
  );
  useEffect(() => {
    document.title = report?.brand.name ? t("app.title", { brand: report.brand.name }) : t("app.name");
  }, [report, t]);

  const again = () => void answer.refetch();
  if (answer.error) {
    const status = answer.error instanceof ProblemError ? answer.error.problem.status : 0;
    if (status === 401) return <SignedOut check={again} checking={answer.isFetching} />;
    return (
      <>
        <Header account />
        <ProblemNotice
          error={answer.error}
          retry={again}
          retrying={answer.isFetching}
          reset={question.since || question.until ? () => parameters.set({ since: "", until: "" }) : undefined}
        />
      </>
    );
  }
  if (!report) return <Loading />;
  return (
    <>
      <Header brand={report.brand.name} account />
      {(report.counts.events ?? 0) === 0 && !question.since && !question.until
        ? <EmptyPage again={again} checking={answer.isFetching} />
        : <Picture report={report} format={format} busy={answer.isFetching} />}
    </>
  );
}
