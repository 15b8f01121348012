import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "./api/client";
import { Header } from "./components/Header";
import { Notice } from "./components/Notice";
import { PyramidPage } from "./pages/pyramid/PyramidPage";
import { SignInPage } from "./pages/sign_in/SignInPage";
import { usePath } from "./state/url";
import { theme } from "./theme";

const kInternalError = 500;

/** Its own chunk: who looks at the pyramid does not load it. */
const LivePage = lazy(() => import("./pages/live/LivePage"));

/** A refusal, or a fault of the server, is the same when asked again; a busy server or a lost network is not. */
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) =>
        failures < 1 && error instanceof ProblemError
        && (error.problem.status === 0 || error.problem.status > kInternalError),
      retryDelay: 400,
      refetchOnWindowFocus: false,
      staleTime: 30_000,
    },
  },
});

/** The server writes a fresh nonce into the page at each request; Mantine's style elements must carry it. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
}

function NotFound() {
  const { t } = useTranslation();
  return (
    <>
      <Header />
      <Notice title={t("app.not_found_title")} text={t("app.not_found_text")} action={{ label: t("app.home"), href: "/" }} />
    </>
  );
}

function Page() {
  switch (usePath()) {
    case "/": return <PyramidPage />;
    case "/live": return <Suspense fallback={<Header account />}><LivePage /></Suspense>;
    case "/sign-in": return <SignInPage />;
    default: return <NotFound />;
  }
}

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <QueryClientProvider client={queries}>
        <Page />
      </QueryClientProvider>
    </MantineProvider>
  );
}
