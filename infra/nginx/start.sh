#!/bin/sh
# Writes down what depends on this installation, then becomes nginx. What it leaves behind is one child that looks, every
# few seconds, whether the certificate is another one and whether someone died without ending the maintenance.
set -eu

generated=/run/azione/nginx
certificates=/srv/certificates
seconds_between_looks=3

say() {
    echo "start.sh: $*" >&2
}

check_site_url() {
    # It goes into the configuration as it is: letters, digits, dots, hyphens and a port.
    if ! printf '%s' "${SITE_URL:-}" | tr '\n' ' ' | grep -qxE 'https?://([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(:[0-9]+)?'; then
        say "SITE_URL is '${SITE_URL:-}', which is no address like https://theatre.example."
        exit 1
    fi
}

check_unlimited_networks() {
    for network in ${UNLIMITED_NETWORKS:-}; do
        if ! printf '%s' "$network" | grep -qxE '[0-9a-fA-F.:]+(/[0-9]+)?'; then
            say "UNLIMITED_NETWORKS holds '$network', which is no network like 192.0.2.0/24."
            exit 1
        fi
    done
}

check_embed_origins() {
    for origin in ${EMBED_ORIGINS:-}; do
        if ! printf '%s' "$origin" | grep -qxE 'https?://[A-Za-z0-9.-]+(:[0-9]+)?'; then
            say "EMBED_ORIGINS holds '$origin', which is no address like https://www.comune.example."
            exit 1
        fi
    done
}

check_hsts_seconds() {
    if ! printf '%s' "${HSTS_SECONDS:-0}" | tr '\n' ' ' | grep -qxE '[0-9]{1,10}'; then
        say "HSTS_SECONDS is '$HSTS_SECONDS', which is no number of seconds."
        exit 1
    fi
}

check_hsts_subdomains() {
    case ${HSTS_SUBDOMAINS:-no} in
        yes | no) ;;
        *)
            say "HSTS_SUBDOMAINS is '$HSTS_SUBDOMAINS'; it can be yes or no."
            exit 1
            ;;
    esac
}

transport_security() {
    if [ "${HSTS_SECONDS:-31536000}" -gt 0 ]; then
        printf 'max-age=%s' "${HSTS_SECONDS:-31536000}"
        [ "${HSTS_SUBDOMAINS:-no}" = no ] || printf '; includeSubDomains'
    fi
}

theatre_name() {
    # What means something to nginx within quotes is left out: the name only stands on error pages.
    printf '%s' "${THEATRE_NAME:-AzioneLab}" | tr -d '"\\$[:cntrl:]'
}

# shellcheck disable=SC2016 # the variables are nginx's
write_settings() {
    authority=${SITE_URL#*://}
    printf 'server_name %s;\n' "$(printf '%s' "$authority" | sed 's/:[0-9]*$//')" >"$generated/site-name.conf"
    {
        printf 'map "" $site_url { default "%s"; }\n' "$SITE_URL"
        printf 'map "" $site_authority { default "%s"; }\n' "$authority"
        printf 'map "" $embed_ancestors { default "%s"; }\n' "${EMBED_ORIGINS:-'none'}"
        printf 'map "" $theatre_name { default "%s"; }\n' "$(theatre_name)"
        printf 'map $https $transport_security { default ""; on "%s"; }\n' "$(transport_security)"
        printf 'geo $unlimited {\n    default "";\n'
        for network in ${UNLIMITED_NETWORKS:-}; do
            printf '    %s yes;\n' "$network"
        done
        printf '}\n'
    } >"$generated/settings.conf"
}

write_listens() {
    printf 'listen 8080;\n' >"$generated/listen-http.conf"
    printf 'listen 8443 ssl;\n' >"$generated/listen-https.conf"
    if [ -e /proc/net/if_inet6 ]; then
        printf 'listen [::]:8080;\n' >>"$generated/listen-http.conf"
        printf 'listen [::]:8443 ssl;\n' >>"$generated/listen-https.conf"
    fi
}

write_compression() {
    : >"$generated/modules.conf"
    printf 'gzip_static on;\n' >"$generated/precompressed.conf"
    for module in /usr/lib/nginx/modules/ngx_http_brotli_static_module.so /etc/nginx/modules/ngx_http_brotli_static_module.so; do
        if [ -e "$module" ]; then
            printf 'load_module %s;\n' "$module" >"$generated/modules.conf"
            printf 'brotli_static on;\n' >>"$generated/precompressed.conf"
            return
        fi
    done
}

choose_servers() {
    servers=http
    case $SITE_URL in
    https:*)
        servers=waiting
        if [ -s "$certificates/fullchain.pem" ] && [ -s "$certificates/privkey.pem" ]; then
            servers=https
        fi
        ;;
    esac
    use_servers "$servers"
}

use_servers() {
    printf 'include /etc/nginx/azione/%s.conf;\n' "$1" >"$generated/servers.conf"
}

certificate_state() {
    cat "$certificates/fullchain.pem" "$certificates/privkey.pem" 2>/dev/null | cksum
}

follow_certificate() {
    now=$(certificate_state)
    if [ "$servers" = http ] || [ "$now" = "$seen" ]; then
        return
    fi
    seen=$now
    before=$(cat "$generated/servers.conf")
    use_servers https
    if nginx -t -q; then
        say "the certificate changed; nginx reads it"
        kill -HUP "$nginx"
    else
        say "the certificate changed, but it cannot be used; nginx goes on as before"
        printf '%s\n' "$before" >"$generated/servers.conf"
    fi
}

end_abandoned_maintenance() {
    # hold-maintenance has a lock as long as it lives: one that was killed could not end the maintenance itself.
    if [ -e /run/azione/maintenance ]; then
        flock --nonblock /run/azione/holders rm -f /run/azione/maintenance || true
    fi
}

look_after_nginx() {
    set +e
    while sleep "$seconds_between_looks"; do
        follow_certificate
        end_abandoned_maintenance
    done
}

check_site_url
check_hsts_seconds
check_hsts_subdomains
check_unlimited_networks
check_embed_origins
mkdir -p "$generated"
write_settings
write_listens
write_compression
seen=$(certificate_state)
choose_servers
if ! nginx -t -q && [ "$servers" = https ]; then
    say "the certificate cannot be used"
    use_servers waiting
fi
if grep -q waiting "$generated/servers.conf"; then
    say "SITE_URL is $SITE_URL, but there is no certificate that works: all visitors get is a page that says so"
fi
if [ "${1:-}" = --check ]; then
    exec nginx -t -q
fi
nginx=$$
look_after_nginx &
exec nginx -g 'daemon off;'
