import { Skeleton, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Header } from "../../components/Header";
import { kLevels } from "./geometry";
import styles from "./Loading.module.css";
import page from "./PyramidPage.module.css";

/** The page's own shape while the first answer is on its way, so that nothing jumps when it comes. */
export function Loading() {
  const { t } = useTranslation();
  return (
    <>
      <Header account />
      <main id="content" className={page.main} aria-busy="true">
        <VisuallyHidden role="status">{t("app.loading")}</VisuallyHidden>
        <Skeleton height={36} width={340} radius="xl" />
        <div className={page.top}>
          <div className={styles.words}>
            <Skeleton height={20} width="60%" />
            <Skeleton height={120} width="70%" />
            <Skeleton height={14} width="90%" />
            <Skeleton height={48} />
          </div>
          <div className={styles.stones}>
            {Array.from({ length: kLevels }, (_, row) => (
              <Skeleton key={row} height={64} width={`${26 + row * 13}%`} radius={28} />
            ))}
          </div>
        </div>
        <Skeleton height={360} radius={20} />
      </main>
    </>
  );
}
