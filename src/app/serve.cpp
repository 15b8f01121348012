#include "app/serve.h"

#include <algorithm>
#include <cstdio>

#include "accounts/authorize.h"
#include "accounts/routes.h"
#include "app/command_demo.h"
#include "app/jobs.h"
#include "app/log_routes.h"
#include "app/operator_routes.h"
#include "base/log.h"
#include "base/resource.h"
#include "base/signals.h"
#include "base/version.h"
#include "consent/listener.h"
#include "consent/routes.h"
#include "consent/told.h"
#include "db/memory.h"
#include "http/assets.h"
#include "http/server.h"
#include "ingest/live_routes.h"
#include "ingest/routes.h"
#include "ingest/segment_form.h"
#include "profile/identity_routes.h"
#include "profile/routes.h"
#include "questions/routes.h"
#include "report/routes.h"
#include "rights/routes.h"
#include "segments/routes.h"

CAIRN_RESOURCES(web_files)

namespace cairn::app {
namespace {

constexpr Duration kStopLimit = seconds(20);

/// Healthy: the store answers a read.
Result<void> check_store(Instance& instance) {
  return instance.store().read([](db::Session& session) -> Result<void> {
    TRY(session.first("events.setting", {{"name", "log.key"}}, [](const db::Row&) { return true; }));
    return {};
  });
}

template <class Set>
void note_timeline(Instance& instance, const Set& set) {
  auto standing = instance.history().standing();
  set("cairn_timeline_last_seq", "Up to which row of the log queries see", static_cast<uint64_t>(standing.last.value));
  set("cairn_timeline_lag_rows", "Rows of the log that queries do not see yet",
      static_cast<uint64_t>(std::max<int64_t>(0, standing.log_last.value - standing.last.value)));
  auto version = instance.history().present();
  if (!version) return;
  auto figures = timeline::figures(*version);
  set("cairn_timeline_events", "Events in the timeline", figures.events);
  set("cairn_timeline_customers", "Customers in the timeline", figures.customers);
  set("cairn_timeline_parts", "Parts of the timeline: 64 when all is folded", figures.parts);
  set("cairn_timeline_memory_bytes", "Memory that the timeline holds", figures.memory_bytes);
  set("cairn_timeline_mapped_bytes", "Of a snapshot, mapped into memory", figures.mapped_bytes);
}

/// What every part of the store counts, read when /metrics is asked for.
void note_figures(Instance& instance, Metrics& metrics) {
  auto figures = instance.store().figures();
  auto set = [&](std::string_view name, std::string_view help, uint64_t value) {
    metrics.gauge(name, help).set(static_cast<int64_t>(value));
  };
  set("cairn_log_rows", "The highest seq of the log", static_cast<uint64_t>(instance.log().last().value));
  set("cairn_store_memory_bytes", "What SQLite holds in memory: pages of the database above all",
      db::store_memory_bytes());
  set("cairn_store_groups_total", "Group commits", figures.groups);
  set("cairn_store_writes_total", "Writes", figures.writes);
  set("cairn_store_failed_writes_total", "Writes that failed", figures.failed);
  set("cairn_store_waiting_writes", "Writes that wait for the writer", figures.waiting);
  note_timeline(instance, set);
  auto intake = instance.ingest().intake().figures();
  set("cairn_ingest_events_total", "Events kept", intake.events);
  set("cairn_ingest_copies_total", "Events that were there already", intake.copies);
  set("cairn_ingest_refused_total", "Calls that could not become events", intake.refused);
  set("cairn_ingest_turned_away_total", "Deliveries told to come again", intake.turned_away);
  set("cairn_ingest_waiting_bytes", "Taken and not yet on disk", intake.waiting_bytes);
}

http::Route metrics_route(Instance& instance, Metrics& metrics) {
  http::Route route = http::metrics_route(metrics, accounts::kViewMetrics);
  route.handler = [&instance, &metrics, inner = route.handler](const http::Request& request, http::Reply reply) {
    note_figures(instance, metrics);
    inner(request, std::move(reply));
  };
  return route;
}

http::Options server_options(const ServeOptions& options, const std::string& directory) {
  http::Options out;
  out.address = options.address;
  out.port = options.port;
  out.socket_path = socket_of(directory);
  out.hosts = options.hosts;
  out.trusted_proxies = options.trusted_proxies;
  out.early_errors = ingest::early_error;
  return out;
}

void say(std::string_view line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

Result<void> print_link(accounts::Accounts& accounts, const std::string& url) {
  auto link = TRY(accounts.create_owner_link(accounts::Actor::operator_of_machine(), {}));
  say(fmt::format("sign in: {}/sign-in?token={}", url, link.token));
  return {};
}

/// Segment's own browser library, where its snippet looks for it.
http::Route segment_library_route() {
  return {.method = http::Method::get,
          .path = "/analytics.js/v1/{key}/analytics.min.js",
          .permission = http::kPublic,
          .lane = http::Lane::inline_,
          .summary = "Segment's browser library",
          .is_documented = false,
          .handler = http::asset_handler(web_files(), "analytics-next/standalone.js")};
}

http::Router make_router(Instance& instance, Metrics& metrics, Jobs& jobs, report::Service& report,
                         questions::Jobs& query_jobs) {
  ingest::Service& ingest = instance.ingest();
  http::Router router;
  router.add(ingest::segment_routes(ingest), ingest::segment_error);
  router.add({segment_library_route()});
  router.add(ingest::source_routes(ingest));
  router.add(ingest::live_routes({instance.world(), instance.store(), instance.log(), ingest.rules(), ingest.live(),
                                  ingest.undeclared(), ingest.refused()}));
  router.add(accounts::routes(instance.accounts(), instance.store()));
  router.add(report::routes(report));
  router.add(questions::routes(instance.questions(), query_jobs));
  router.add(segments::routes(instance.segments()));
  router.add(profile::routes(instance.profile()));
  router.add(profile::identity_routes(
      {instance.world(), instance.store(), instance.log(), instance.history(), instance.identities()}));
  router.add(consent::routes(instance.consent()));
  router.add(rights::routes(instance.rights()));
  router.add(consent::page_routes(instance.consent()), consent::page_error);
  router.add({log_route(instance.log())});
  router.add(operator_routes(jobs));
  router.add({metrics_route(instance, metrics), http::health_route([&instance] { return check_store(instance); })});
  // The demo's shop is for a demo's directory: a brand's own server has no such pages.
  auto is_served = [&ingest](std::string_view name) {
    return !name.starts_with("demo-shop") || ingest.sources().of_key(kDemoShopKey) != nullptr;
  };
  router.add(http::asset_routes(web_files(), "", is_served));
  http::add_openapi_route(router, {"Cairn", version()});
  return router;
}

/// What shops' servers say of consent becomes statements, as the timelines follow the log.
struct ConsentListening {
  consent::Listener listener;
  history::History& history;
  int number = 0;

  explicit ConsentListening(Instance& instance)
      : listener(instance.world(), instance.store(), instance.log(), instance.identities().aliases()),
        history(instance.history()) {}
  ~ConsentListening() {
    if (number) history.unfollow(number);
  }
  static consent::Listener::Holds holds(const history::Step& step) {
    using enum consent::Listener::Holds;
    const auto& schema = step.version->schema();
    auto is_touched = [&](std::string_view name) {
      auto kind = schema.find_kind(name);
      return kind && std::ranges::any_of(step.touched, [&](const history::Touched& t) { return t.kind == *kind; });
    };
    if (is_touched(consent::kConsentUpdated) || std::ranges::any_of(consent::kAnswerChanged, is_touched))
      return consent;
    return step.has_answers || step.is_remade ? answers : nothing;
  }

  Result<void> start() {
    TRY(listener.start());
    number = history.follow(
        [this](const history::Step& step) { listener.hear(step.after, step.version->last(), holds(step)); });
    return {};
  }
};

}  // namespace

Result<void> serve(World world, const InstanceOptions& directory, const ServeOptions& options) {
  Metrics metrics;
  auto server = TRY(http::Server::listen(world, server_options(options, directory.directory), metrics));
  auto instance = TRY(Instance::open(world, directory));
  Jobs jobs(*instance);
  report::Service report(instance->world(), instance->store(), instance->history());
  questions::Jobs query_jobs(instance->world(), instance->questions());
  // The server's handlers use all of the above: it ends first, on every way out.
  struct Ending {
    http::Server& server;
    ~Ending() { server.stop(Duration{}); }
  } ending{*server};
  TRY(instance->consent().start());
  TRY(server->open(make_router(*instance, metrics, jobs, report, query_jobs),
                   accounts::make_authorizer(instance->accounts())));
  ConsentListening listening(*instance);
  instance->history().start();
  TRY(listening.start());
  TRY(instance->segments().start());
  instance->profile().start();
  instance->rights().start();
  say(fmt::format("listening on {}", server->url()));
  if (options.prints_link)
    TRY(print_link(instance->accounts(), options.public_url.empty() ? server->url() : options.public_url));
  wait_for_stop();
  log_info("stopping: requests that run have {} s to finish", kStopLimit.seconds());
  server->stop(kStopLimit);
  return {};
}

}  // namespace cairn::app
