// What the simulated venue can bear: requests a second over kept-alive TLS, frames to 200 readers,
// memory at 10,000 symbols. The venue runs in a process of its own, the load in this one.
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "quantiles.hpp"
#include "tls_load.hpp"
#include "venue_process.hpp"

using namespace sluice;
using namespace std::chrono_literals;

namespace {

simulator::settings settings_of(std::size_t symbols) {
  simulator::settings s;
  s.symbols = symbols;
  s.closed_symbols = 0;
  s.latency = 0ms;
  s.weight_limit_1m = 0;
  s.framing = simulator::reply_framing::content_length;
  return s;
}

/// Signed once for the whole run: the window is wide enough.
std::string signed_get(const std::string& path) {
  const auto now =
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  const auto query = fmt::format("recvWindow=60000&timestamp={}", now.count());
  unsigned char digest[32];
  unsigned int size = sizeof digest;
  const std::string_view secret = bench::venue_process::secret;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(query.data()), query.size(), digest, &size);
  std::string hex;
  for (auto b : digest)
    hex += fmt::format("{:02x}", b);
  return fmt::format(
      "GET {}?{}&signature={} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-MBX-APIKEY: {}\r\n\r\n", path, query,
      hex, bench::venue_process::key);
}

std::string measure_requests(const bench::venue_process& venue, const char* name,
                             const std::string& request) {
  const auto cpu = venue.cpu_seconds();
  constexpr auto time = 5s;
  auto load = bench::run_load(venue.port(), request, 16, time);
  const auto used = venue.cpu_seconds() - cpu;
  return fmt::format(
      R"("{}":{{"per_s":{:.0f},"per_cpu_s":{:.0f},"p50_ms":{:.2f},"p99_ms":{:.2f},"bytes":{}}})",
      name, load.per_second, static_cast<double>(load.latency_ms.size()) / std::max(used, 0.01),
      bench::quantile(load.latency_ms, 0.5), bench::quantile(load.latency_ms, 0.99),
      load.bytes_of_reply);
}

std::string measure_fan_out(const bench::venue_process& venue, const char* name) {
  const auto cpu = venue.cpu_seconds();
  auto heard = bench::run_fan_out(venue.port(), "/market/ws/!markPrice@arr@1s", 200, 8s);
  return fmt::format(
      R"("{}":{{"clients":200,"frames":{},"mib":{:.0f},"age_p50_ms":{:.1f},"age_p99_ms":{:.1f},)"
      R"("venue_cpu_percent":{:.0f}}})",
      name, heard.frames, static_cast<double>(heard.bytes) / 1'048'576.0,
      bench::quantile(heard.age_ms, 0.5), bench::quantile(heard.age_ms, 0.99),
      (venue.cpu_seconds() - cpu) / 8.0 * 100.0);
}

}  // namespace

int main() {
  std::string text;
  {
    const bench::venue_process venue(settings_of(566));
    text +=
        measure_requests(venue, "time", "GET /fapi/v1/time HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    text += "," + measure_requests(venue, "signed_balance", signed_get("/fapi/v3/balance"));
    text += "," + measure_fan_out(venue, "fan_out_566");
    text += fmt::format(R"(,"rss_mib_566":{:.0f})", venue.resident_mib());
  }
  {
    const bench::venue_process venue(settings_of(10'000));
    text += "," + measure_requests(venue, "time_at_10000",
                                   "GET /fapi/v1/time HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    text += fmt::format(R"(,"rss_mib_10000":{:.0f})", venue.resident_mib());
  }
  fmt::print(R"({{"bench":"venue",{}}})"
             "\n",
             text);
  return 0;
}
