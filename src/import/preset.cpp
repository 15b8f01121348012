#include "import/preset.h"

namespace cairn::import {

Result<std::unique_ptr<Preset>> open_preset(std::string_view name, Files& files, const PresetOptions& options) {
  if (options.paths.empty()) return fail(Code::invalid, "name the files or the directory to import");
  if (name == "olist") return open_olist(files, options);
  if (name == "cdnow") return open_cdnow(files, options);
  if (name == "events") return open_events(files, options);
  return fail(Code::invalid, "there is no preset '{}'; use olist, cdnow or events", name);
}

Result<TextSource> open_text(Files& files, const std::string& path) {
  constexpr size_t kHead = 64 * 1024;
  TextSource out;
  out.file = TRY(files.open(path, Open::read));
  out.size = TRY(out.file->size());
  out.head.resize(kHead);
  out.head.resize(TRY(out.file->read_at(0, out.head)));
  TRY(check_is_text(path, out.head));
  return out;
}

Result<std::vector<FoundPath>> expand_paths(Files& files, const std::vector<std::string>& paths) {
  std::vector<FoundPath> out;
  for (const std::string& path : paths) {
    if (!files.exists(path)) return fail(Code::not_found, "{}: there is no such file or directory", path);
    if (!files.is_directory(path)) {
      out.push_back({path, false});
      continue;
    }
    for (const std::string& name : TRY(files.list(path))) {
      std::string inside = join_path(path, name);
      if (!files.is_directory(inside)) out.push_back({std::move(inside), true});
    }
  }
  return out;
}

Result<Zone> choose_zone(const PresetOptions& options, std::string_view otherwise) {
  return Zone::find(options.zone ? std::string_view(*options.zone) : otherwise);
}

Result<Currency> choose_currency(const PresetOptions& options, Currency otherwise) {
  if (!options.currency) return otherwise;
  return Currency::parse(*options.currency);
}

}  // namespace cairn::import
