#include "history/names.h"

#include "events/kinds.h"

namespace cairn::history {
namespace {

constexpr Duration kFresh = seconds(2);
constexpr char kOwnColumn = '\x01';  // begins the names of columns that are no properties

void add(query::Catalogue& catalogue, const timeline::KindSchema& kind) {
  if (!catalogue.find(kind.name)) {
    query::Kind added;
    added.name = kind.name;
    added.stream = kind.stream;
    catalogue.add(std::move(added));
  }
  for (const timeline::ColumnSchema& column : kind.columns) {
    const query::Property& property = column.property;
    if (property.declared || property.name.starts_with(kOwnColumn)) continue;
    catalogue.put(kind.name, property);
  }
}

}  // namespace

std::vector<Names::Name> Names::read_names() const {
  std::vector<Name> out;
  // Without the store nobody asks; with it again they are there again.
  (void)store_.read([&](db::Session& session) -> Result<void> {
    out = TRY(session.all("history.undeclared_names", {},
                          [](const db::Row& row) { return Name{std::string(row.text(0)), std::string(row.text(1))}; }));
    return {};
  });
  return out;
}

std::shared_ptr<const query::Catalogue> Names::catalogue(const std::shared_ptr<const timeline::Schema>& schema) {
  Duration now = world_.clock.elapsed();
  {
    std::lock_guard lock(mutex_);
    if (catalogue_ && schema == schema_ && now - read_at_ < kFresh) return catalogue_;
  }
  auto made = std::make_shared<query::Catalogue>(events::declared_kinds());
  if (schema)
    for (const timeline::KindSchema& kind : schema->kinds()) add(*made, kind);
  for (const Name& name : read_names()) {
    const query::Kind* kind = name.property.empty() ? nullptr : made->find(name.kind);
    if (!kind || kind->find(name.property)) continue;
    query::Property property{name.property};
    property.declared = false;
    made->put(name.kind, std::move(property));
  }
  std::lock_guard lock(mutex_);
  catalogue_ = std::move(made);
  schema_ = schema;
  read_at_ = now;
  return catalogue_;
}

}  // namespace cairn::history
