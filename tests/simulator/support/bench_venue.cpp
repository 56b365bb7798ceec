// Drives a venue from tests.
#include "simulator/support/bench_venue.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>

namespace sluice::simulator::test {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& v) {
  return v.is_string() ? std::string(v.get_string().data(), v.get_string().size())
                       : json::serialize(v);
}

}  // namespace

std::string sign(const std::string& secret, const std::string& text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  std::size_t size = 0;
  if (EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, secret.data(), secret.size(),
                reinterpret_cast<const unsigned char*>(text.data()), text.size(), out, sizeof out,
                &size) == nullptr)
    throw std::runtime_error("no HMAC");
  std::string hex;
  for (std::size_t n = 0; n < size; ++n) {
    char pair[3];
    std::snprintf(pair, sizeof pair, "%02x", out[n]);
    hex += pair;
  }
  return hex;
}

settings quiet_settings() {
  settings s;
  s.symbols = 60;
  s.latency = milliseconds{0};
  s.volatility_bp = 0;
  s.trading.lite = trade_lite::omitted;
  s.account.api_key = "mainKey";
  s.account.api_secret = "mainSecret";
  return s;
}

bench_venue::bench_venue(settings s) : chosen(std::move(s)) {
  auto made = venue::make(chosen, now);
  if (!made)
    throw std::runtime_error(made.error().text);
  it = std::move(*made);
}

void bench_venue::pass(milliseconds time) {
  now.steady += time;
  now.venue.ms += time.count();
  it->advance(now);
}

reply bench_venue::get_public(const std::string& path, const std::string& query) {
  return it->perform(request{"GET", path, query, "", ""}, now);
}

reply bench_venue::with_key(const std::string& method, const std::string& path) {
  return it->perform(request{method, path, "", "", chosen.account.api_key}, now);
}

request bench_venue::signed_request(const std::string& method, const std::string& path,
                                    const std::string& parameters) const {
  auto text =
      parameters + (parameters.empty() ? "" : "&") + "timestamp=" + std::to_string(now.venue.ms);
  text += "&signature=" + sign(chosen.account.api_secret, text);
  return {method, path, text, "", chosen.account.api_key};
}

reply bench_venue::call(const std::string& method, const std::string& path,
                        const std::string& parameters) {
  return it->perform(signed_request(method, path, parameters), now);
}

reply bench_venue::market(const std::string& symbol, const std::string& side,
                          const std::string& quantity, const std::string& more) {
  return call("POST", "/fapi/v1/order",
              "symbol=" + symbol + "&side=" + side + "&type=MARKET&quantity=" + quantity +
                  "&newOrderRespType=RESULT" + more);
}

reply bench_venue::control(const std::string& method, const std::string& path,
                           const std::string& body) {
  const auto mark = std::min(path.find('?'), path.size());
  return it->control(request{method, path.substr(0, mark),
                             mark < path.size() ? path.substr(mark + 1) : "", body, ""},
                     now);
}

quantity bench_venue::held(const std::string& name) const {
  const auto books = it->books(now);
  for (const auto& p : books.accounts.front().positions)
    if (p.instrument.str() == name)
      return p.amount;
  return {};
}

std::vector<std::string> bench_venue::heard(stream_id id) {
  std::vector<std::string> texts;
  for (const auto& d : it->take_deliveries())
    if (d.to == id)
      texts.push_back(d.close ? "(dropped)" : *d.text);
  return texts;
}

std::string field(const std::string& text, const std::string& name) {
  const auto value = json::parse(text);
  const auto* found = value.as_object().if_contains(name);
  return found ? text_of(*found) : "";
}

std::vector<std::string> elements(const std::string& text) {
  std::vector<std::string> out;
  const auto list = json::parse(text);
  for (const auto& v : list.as_array())
    out.push_back(text_of(v));
  return out;
}

std::string names_of(const std::string& text) {
  std::vector<std::string> names;
  const auto value = json::parse(text);
  for (const auto& pair : value.as_object())
    names.emplace_back(pair.key().data(), pair.key().size());
  std::sort(names.begin(), names.end());
  std::string joined;
  for (const auto& n : names)
    joined += (joined.empty() ? "" : " ") + n;
  return joined;
}

std::string outcome_of(const reply& r) {
  const auto status = std::to_string(r.status);
  return r.status < 400 ? status : status + " " + field(r.body, "code");
}

std::string header(const reply& r, const std::string& name) {
  for (const auto& [key, value] : r.headers)
    if (key == name)
      return value;
  return "";
}

}  // namespace sluice::simulator::test
