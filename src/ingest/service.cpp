#include "ingest/service.h"

namespace cairn::ingest {

Result<std::unique_ptr<Service>> Service::open(World& world, db::Store& store, events::Log& log,
                                               events::Identify& identify, size_t intake_bytes) {
  std::unique_ptr<Service> out(new Service());
  out->sources_ = TRY(Sources::open(world, store, log));
  out->rules_ = TRY(Rules::open(world, store));
  out->undeclared_ = TRY(events::Undeclared::open(world, store));
  out->live_ = std::make_unique<Live>(world, log);
  out->readers_ = std::make_unique<Readers>(*out->sources_, *out->rules_, *out->undeclared_);
  auto read_again = [sources = out->sources_.get(), readers = out->readers_.get()](
                        SourceId id, std::string_view body, Time received_at) -> Result<Delivery> {
    Source source = TRY(sources->find(id));
    return readers->take()->read_again(source, body, received_at);
  };
  Refused::Parts refused{world, store, log, identify, *out->undeclared_, *out->live_, read_again};
  out->refused_ = TRY(Refused::open(std::move(refused)));
  out->intake_ = std::make_unique<Intake>(
      Intake::Parts{world, store, log, identify, *out->undeclared_, *out->refused_, *out->live_, intake_bytes});
  return out;
}

Service::~Service() = default;

}  // namespace cairn::ingest
