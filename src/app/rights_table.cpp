#include "app/rights_table.h"

#include "consent/personal.h"
#include "import/rejects.h"
#include "ingest/model.h"
#include "json/codec.h"
#include "profile/model.h"
#include "profile/personal.h"

namespace cairn::app {
namespace {

/// The certificate names under which proof what a consent left can be shown.
Result<json::Object> kept_of_consent(db::Session& session, std::span<const CustomerId> ids) {
  json::Object out;
  std::string proof = TRY(consent::proof_of(session, ids));
  int64_t count = proof.empty() ? 0 : TRY(consent::count_proofs(session, proof));
  if (count == 0) return out;
  out["proof"] = proof;
  out["statements"] = count;
  return out;
}

}  // namespace

rights::Parts rights_parts(Instance& instance) {
  rights::Parts out{
      instance.world(), instance.store(), instance.log(), instance.identities(), instance.history(), {}, {}};
  out.holders = {
      {"consent", consent::erase_consent, consent::export_consent, consent::kPersonalColumns, kept_of_consent,
       consent::remove_proofs},
      {"profile",
       profile::erase_profile,
       profile::export_profile,
       profile::kPersonalColumns,
       {},
       {},
       [&](std::span<const CustomerId> customers, std::span<const events::Identifier> identifiers) {
         return instance.profile().take_out(customers, identifiers);
       }},
  };
  out.traces = {
      {"refused events", [&](const events::Needles& n) { return instance.ingest().refused().forget(n); }},
      {"rejected rows of imports",
       [&](const events::Needles& n) {
         return import::forget_rejects(instance.world().files, instance.directory(), n);
       }},
      {"live view",
       [&](const events::Needles&) -> Result<int64_t> {
         instance.ingest().live().forget();
         return 0;
       }},
  };
  return out;
}

}  // namespace cairn::app
