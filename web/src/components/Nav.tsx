import { useTranslation } from "react-i18next";
import { Link, usePath } from "../state/url";
import styles from "./Nav.module.css";

const kPages = [{ path: "/", key: "pyramid" }, { path: "/live", key: "live" }] as const;

/** The pages of the back office. */
export function Nav() {
  const { t } = useTranslation();
  const path = usePath();
  return (
    <nav className={styles.nav} aria-label={t("app.pages")}>
      {kPages.map((page) => (
        <Link key={page.path} href={page.path} aria-current={path === page.path ? "page" : undefined}>
          {t(`app.page_${page.key}`)}
        </Link>
      ))}
    </nav>
  );
}
