import { ActionIcon, Button, SegmentedControl, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { getSession, signOut } from "../api/client";
import { kLanguages, setLanguage, type Language } from "../i18n";
import styles from "./Header.module.css";
import { Logo } from "./Logo";
import { Nav } from "./Nav";

const kNames: Record<Language, string> = { en: "EN", fr: "FR" };

function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  return (
    <SegmentedControl
      size="xs"
      radius="xl"
      aria-label={t("app.language")}
      value={i18n.language}
      onChange={(language) => setLanguage(language as Language)}
      data={kLanguages.map((language) => ({ value: language, label: kNames[language] }))}
    />
  );
}

function SchemeSwitch() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light", { getInitialValueInEffect: false }) === "dark";
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={34}
      radius="xl"
      className={styles.scheme}
      aria-label={t(dark ? "app.light" : "app.dark")}
      onClick={() => setColorScheme(dark ? "light" : "dark")}
    >
      <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
        <circle cx="10" cy="10" r="7.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M10 2.75a7.25 7.25 0 0 1 0 14.5z" fill="currentColor" />
      </svg>
    </ActionIcon>
  );
}

function Account() {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const session = useQuery({ queryKey: ["session"], queryFn: ({ signal }) => getSession(signal) });
  const leave = useMutation({
    mutationFn: signOut,
    onSettled: async () => {
      cache.removeQueries({ queryKey: ["session"] });
      await cache.resetQueries();
    },
  });
  if (!session.data) return <div className={styles.account} />;
  const { name, email } = session.data.user;
  return (
    <div className={styles.account}>
      <span className={styles.user} title={t("app.signed_in_as", { name: email })}>{name || email}</span>
      <Button variant="default" size="xs" radius="xl" loading={leave.isPending} onClick={() => leave.mutate()}>
        {t("app.sign_out")}
      </Button>
    </div>
  );
}

export interface HeaderProps {
  brand?: string | undefined;
  /** The signed-out pages ask for no session: the answer would be a refusal. */
  account?: boolean;
}

export function Header({ brand, account = false }: HeaderProps) {
  const { t } = useTranslation();
  return (
    <header className={styles.header}>
      <a href="#content" className={styles.skip}>{t("app.skip")}</a>
      <div className={styles.inner}>
        <a href="/" className={styles.home}>
          <Logo />
          <span className={styles.name}>{t("app.name")}</span>
        </a>
        {brand ? <span className={styles.brand}>{brand}</span> : null}
        {account ? <Nav /> : null}
        <div className={styles.tools}>
          <LanguageSwitch />
          <SchemeSwitch />
          {account ? <Account /> : null}
        </div>
      </div>
    </header>
  );
}
