// Bodies of Segment's API, from strangers: each call becomes an event that the log takes, or a refused call that says
// why.
#include "base/check.h"
#include "base/world.h"
#include "ingest/service.h"
#include "people/identities.h"
#include "support/temp_dir.h"

namespace {

using namespace cairn;

/// One source on a real store, opened once.
struct Shop {
  test::TempDir dir;
  World world = system_world();
  std::unique_ptr<db::Store> store;
  std::unique_ptr<events::Log> log;
  people::Identities identities{world};
  std::unique_ptr<ingest::Service> service;
  ingest::Sources::Made source;

  Shop() {
    db::StoreOptions options;
    options.directory = dir.path();
    store = db::Store::open(world, options).value();
    log = events::Log::open(world, *store, dir.path()).value();
    service = ingest::Service::open(world, *store, *log, identities).value();
    source = service->sources().add(accounts::Actor::operator_of_machine(), {.name = "shop"}).value();
  }
};

void check(const ingest::Delivery& delivery) {
  for (const events::NewEvent& event : delivery.events) {
    CHECK(events::check_event(event).has_value());
    CHECK(json::parse_object(event.properties).has_value(), "{}", event.properties);
    CHECK(event.occurred_at <= delivery.received_at);
  }
  for (const ingest::RefusedCall& call : delivery.refused) {
    CHECK(!call.reason.empty());
    CHECK(json::parse(call.body).has_value(), "{}", call.body);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Shop shop;
  http::Request request;
  request.headers.add("Authorization", "Bearer " + shop.source.key.text);
  request.received_at = Time{1'700'000'000'000'000};
  request.client_address = "203.0.113.7";
  // The first byte says which address.
  static constexpr std::string_view kTypes[] = {"", "track", "identify", "page", "alias"};
  std::string_view type = size ? kTypes[data[0] % std::size(kTypes)] : "";
  if (size) request.body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto delivery = shop.service->readers().take()->read(request, type);
  if (!delivery) return 0;
  check(*delivery);
  for (const ingest::RefusedCall& call : delivery->refused) {
    // Read again by itself it is refused for the same reason, and stays what it was.
    auto again = shop.service->readers().take()->read_again(shop.source.source, call.body, delivery->received_at);
    CHECK(again && again->events.size() + again->refused.size() == 1);
    check(*again);
    if (!again->refused.empty() && again->refused[0].body.starts_with('{'))
      CHECK(again->refused[0].field == call.field, "{} / {} of {}", again->refused[0].field, call.field, call.body);
  }
  return 0;
}
