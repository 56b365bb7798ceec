// Keeps metric values and writes them in Prometheus' text format 0.0.4.
#include "sluice/status/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iterator>

namespace sluice::status {

namespace {

constexpr bool is_name(std::string_view text) {
  for (const char c : text)
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
      return false;
  return !text.empty() && !(text.front() >= '0' && text.front() <= '9');
}

/// The rules `promtool check metrics` holds a name to, as far as a table can break them.
constexpr bool well_named(const metric_spec& s) {
  const bool total = s.name.ends_with("_total");
  if (!is_name(s.name) || !s.name.starts_with("sluice_") || s.help.empty())
    return false;
  if (total != (s.kind == metric_kind::counter))
    return false;
  for (const std::string_view end : {"_count", "_sum", "_bucket", "_ms", "_milliseconds", "_kb"})
    if (s.name.ends_with(end))
      return false;
  for (std::size_t i = 0; i < s.label_count(); ++i)
    if (!is_name(s.labels[i]) || s.labels[i] == "le" || s.labels[i] == "symbol")
      return false;
  return true;
}

constexpr bool table_holds() {
  for (std::size_t i = 0; i < metric_table.size(); ++i) {
    const auto& s = metric_table[i];
    if (static_cast<std::size_t>(s.id) != i || !well_named(s))
      return false;
    if ((s.kind == metric_kind::histogram) == s.buckets.empty())
      return false;
    if (!std::ranges::is_sorted(s.buckets, std::ranges::less_equal{}))
      return false;
    for (std::size_t j = 0; j < i; ++j)
      if (metric_table[j].name == s.name)
        return false;
  }
  return true;
}
static_assert(table_holds(), "the table of metrics breaks an order or naming rule");
static_assert(metric_table.size() == static_cast<std::size_t>(metric::series_dropped) + 1);

std::string_view kind_name(metric_kind k) {
  switch (k) {
    case metric_kind::counter:
      return "counter";
    case metric_kind::gauge:
      return "gauge";
    case metric_kind::histogram:
      return "histogram";
  }
  return "untyped";
}

void write_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '"')
      out += "\\\"";
    else if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
}

void write_number(std::string& out, double value) {
  if (std::isnan(value))
    out += "NaN";
  else if (std::isinf(value))
    out += value > 0 ? "+Inf" : "-Inf";
  else
    fmt::format_to(std::back_inserter(out), "{}", value);
}

/// name_suffix{label="value",le="0.1"}, with the space that goes before the value.
void write_series_name(std::string& out, const metric_spec& spec, std::string_view suffix,
                       const std::array<std::string, metric_labels_max>& labels,
                       std::string_view bound) {
  out += spec.name;
  out += suffix;
  const std::size_t count = spec.label_count();
  if (count > 0 || !bound.empty()) {
    char separator = '{';
    for (std::size_t i = 0; i < count; ++i) {
      out += separator;
      out += spec.labels[i];
      out += "=\"";
      write_escaped(out, labels[i]);
      out += '"';
      separator = ',';
    }
    if (!bound.empty())
      fmt::format_to(std::back_inserter(out), "{}le=\"{}\"", separator, bound);
    out += '}';
  }
  out += ' ';
}

}  // namespace

metrics::metrics() {
  for (const auto& spec : metric_table)
    if (spec.label_count() == 0) {
      auto& f = families_[static_cast<std::size_t>(spec.id)];
      const std::lock_guard lock(f.mutex);
      static_cast<void>(find_or_make(spec.id, f, {}));
    }
}

metrics::~metrics() = default;

metrics::series* metrics::find_or_make(metric m, family& f, label_values labels) {
  const auto& spec = spec_of(m);
  assert(labels.size() == spec.label_count());
  label_view wanted{};
  std::copy_n(labels.begin(), std::min(labels.size(), wanted.size()), wanted.begin());
  if (const auto found = f.all.find(wanted); found != f.all.end())
    return &found->second;
  if (f.all.size() >= series_max)
    return nullptr;
  label_key key{};
  std::ranges::copy(wanted, key.begin());
  auto& made = f.all[std::move(key)];
  if (spec.kind == metric_kind::histogram)
    made.buckets.assign(spec.buckets.size() + 1, 0);
  return &made;
}

void metrics::add(metric m, label_values labels, double step) {
  assert(spec_of(m).kind == metric_kind::counter && step >= 0);
  auto& f = families_[static_cast<std::size_t>(m)];
  {
    const std::lock_guard lock(f.mutex);
    if (auto* s = find_or_make(m, f, labels)) {
      s->value += step;
      return;
    }
  }
  add(metric::series_dropped);
}

void metrics::set(metric m, label_values labels, double value) {
  assert(spec_of(m).kind != metric_kind::histogram);
  auto& f = families_[static_cast<std::size_t>(m)];
  {
    const std::lock_guard lock(f.mutex);
    if (auto* s = find_or_make(m, f, labels)) {
      assert(spec_of(m).kind == metric_kind::gauge || value >= s->value);
      s->value = value;
      return;
    }
  }
  add(metric::series_dropped);
}

void metrics::clear(metric m) {
  assert(spec_of(m).kind == metric_kind::gauge && spec_of(m).label_count() > 0);
  auto& f = families_[static_cast<std::size_t>(m)];
  const std::lock_guard lock(f.mutex);
  f.all.clear();
}

void metrics::observe(metric m, label_values labels, double value) {
  const auto& spec = spec_of(m);
  assert(spec.kind == metric_kind::histogram && !std::isnan(value));
  const auto bucket = static_cast<std::size_t>(std::ranges::lower_bound(spec.buckets, value) -
                                               spec.buckets.begin());
  auto& f = families_[static_cast<std::size_t>(m)];
  {
    const std::lock_guard lock(f.mutex);
    if (auto* s = find_or_make(m, f, labels)) {
      ++s->buckets[bucket];
      ++s->count;
      s->value += value;
      return;
    }
  }
  add(metric::series_dropped);
}

double metrics::value(metric m, label_values labels) const {
  label_view wanted{};
  std::copy_n(labels.begin(), std::min(labels.size(), wanted.size()), wanted.begin());
  const auto& f = families_[static_cast<std::size_t>(m)];
  const std::lock_guard lock(f.mutex);
  const auto found = f.all.find(wanted);
  if (found == f.all.end())
    return 0.0;
  return spec_of(m).kind == metric_kind::histogram ? static_cast<double>(found->second.count)
                                                   : found->second.value;
}

void metrics::write_family(std::string& out, const metric_spec& spec, const family& f) {
  const std::lock_guard lock(f.mutex);
  if (f.all.empty())
    return;
  fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", spec.name, spec.help,
                 spec.name, kind_name(spec.kind));
  for (const auto& [labels, s] : f.all) {
    if (spec.kind != metric_kind::histogram) {
      write_series_name(out, spec, "", labels, "");
      write_number(out, s.value);
      out += '\n';
      continue;
    }
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < s.buckets.size(); ++i) {
      below += s.buckets[i];
      const auto bound = i < spec.buckets.size() ? fmt::format("{}", spec.buckets[i]) : "+Inf";
      write_series_name(out, spec, "_bucket", labels, bound);
      fmt::format_to(std::back_inserter(out), "{}\n", below);
    }
    write_series_name(out, spec, "_sum", labels, "");
    write_number(out, s.value);
    out += '\n';
    write_series_name(out, spec, "_count", labels, "");
    fmt::format_to(std::back_inserter(out), "{}\n", s.count);
  }
}

std::string metrics::exposition() const {
  std::string out;
  out.reserve(8 * 1024);
  for (const auto& spec : metric_table)
    write_family(out, spec, families_[static_cast<std::size_t>(spec.id)]);
  return out;
}

}  // namespace sluice::status
