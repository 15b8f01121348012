import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { signIn } from "../../api/client";
import { Command } from "../../components/Command";
import { Header } from "../../components/Header";
import { Notice } from "../../components/Notice";

const kOwnerLink = "cairn owner-link --data DIR";

/**
 * The one-time link. The token is sent only when the person presses the button, so a mail program that opens
 * links to preview them does not use it up.
 */
export function SignInPage() {
  const { t } = useTranslation();
  const token = new URLSearchParams(location.search).get("token") ?? "";
  const enter = useMutation({
    mutationFn: () => signIn(token),
    onSuccess: () => location.replace("/"),
  });
  const broken = enter.isError || !token;
  return (
    <>
      <Header />
      {broken ? (
        <Notice
          urgent
          title={t(token ? "sign_in.failed_title" : "sign_in.missing_title")}
          text={t("sign_in.failed_text")}
        >
          <Command>{kOwnerLink}</Command>
          {enter.error?.message ? <p>{enter.error.message}</p> : null}
        </Notice>
      ) : (
        <Notice
          title={t("sign_in.title")}
          text={t("sign_in.text")}
          action={{ label: t("sign_in.button"), onClick: () => enter.mutate(), loading: enter.isPending || enter.isSuccess }}
        />
      )}
    </>
  );
}

/** Shown in the place of a page that the server refuses to someone who is not signed in. */
export function SignedOut({ check, checking }: { check: () => void; checking: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <Header />
      <Notice
        title={t("sign_in.signed_out_title")}
        text={t("sign_in.signed_out_text")}
        action={{ label: t("sign_in.check"), onClick: check, loading: checking }}
      >
        <p>{t("sign_in.signed_out_ask")}</p>
        <Command>{kOwnerLink}</Command>
      </Notice>
    </>
  );
}
