{{/* A required value, or an error that names its key and says what it is. Takes a list: value, key, what it is. */}}
{{- define "pawline.required" -}}
{{- required (printf "%s is required: %s" (index . 1) (index . 2)) (index . 0 | default nil) -}}
{{- end -}}

{{/* Fails if a setting is given for which the chart has a value. Takes a list: settings, component's name. */}}
{{- define "pawline.checkSettings" -}}
{{- $given := index . 0 -}}
{{- $name := index . 1 -}}
{{- if dig "pawline" $name "stage" "drain" "" $given -}}
{{- fail (printf "settings must not have pawline.%s.stage.drain: set %s.drainSeconds instead, which the grace period of the pod follows" $name $name) -}}
{{- end -}}
{{- if dig "pawline" $name "stage" "max-in-flight" "" $given -}}
{{- fail (printf "settings must not have pawline.%s.stage.max-in-flight: set %s.inFlight instead" $name $name) -}}
{{- end -}}
{{- if dig "pawline" $name "stage" "provider-capacity" "" $given -}}
{{- fail (printf "settings must not have pawline.%s.stage.provider-capacity: set %s.providerCapacity instead" $name $name) -}}
{{- end -}}
{{- range $setting, $value := dict "unclassified-percent" "unclassifiedPercent" "amplification" "amplification" "undelivered" "undelivered" "breaker-open" "breakerOpenSeconds" "stage-gone" "stageGoneSeconds" "behind" "behindSeconds" "kafka-disk-percent" "kafkaDiskPercent" "certificate-days" "certificateDays" "cost-per-hour" "costPerHour" -}}
{{- if ne (toString (dig "pawline" "ops" "alerts" $setting "" $given)) "" -}}
{{- fail (printf "settings must not have pawline.ops.alerts.%s: set monitoring.alerts.thresholds.%s instead, which the rules for Prometheus follow" $setting $value) -}}
{{- end -}}
{{- end -}}
{{- if dig "pawline" "topic-prefix" "" $given -}}
{{- fail "settings must not have pawline.topic-prefix: set kafka.topicPrefix instead, which topics and rights follow" -}}
{{- end -}}
{{- if ne (toString (dig "pawline" "database" "migrate" "" $given)) "" -}}
{{- fail "settings must not have pawline.database.migrate: set setup.enabled instead, which decides who makes the tables" -}}
{{- end -}}
{{- end -}}

{{/*
The component's settings as Spring reads them. The `settings` of all components override those of the chart, and the
component's own override both. Takes the component.
*/}}
{{- define "pawline.settings" -}}
{{- $values := .root.Values -}}
{{- $given := mergeOverwrite (deepCopy $values.settings) (deepCopy .values.settings) -}}
{{- include "pawline.checkSettings" (list $given .name) -}}
{{- $pawline := dict -}}
{{- if .stage -}}
{{- $stage := dict "drain" (printf "%ds" (int .values.drainSeconds)) "max-in-flight" (int .values.inFlight) -}}
{{- if include "pawline.sharesLimit" .name -}}
{{- $_ := set $stage "provider-capacity" (int .values.providerCapacity) -}}
{{- end -}}
{{- $_ := set $pawline .name (dict "stage" $stage) -}}
{{- end -}}
{{- if eq .name "ops" -}}
{{- $thresholds := $values.monitoring.alerts.thresholds -}}
{{- $alerts := dict
    "unclassified-percent" (float64 $thresholds.unclassifiedPercent)
    "amplification" (float64 $thresholds.amplification)
    "undelivered" (int $thresholds.undelivered)
    "breaker-open" (printf "%ds" (int $thresholds.breakerOpenSeconds))
    "stage-gone" (printf "%ds" (int $thresholds.stageGoneSeconds))
    "behind" (printf "%ds" (int $thresholds.behindSeconds))
    "kafka-disk-percent" (float64 $thresholds.kafkaDiskPercent)
    "certificate-days" (int $thresholds.certificateDays)
-}}
{{- with float64 $thresholds.costPerHour -}}
{{- $_ := set $alerts "cost-per-hour" . -}}
{{- end -}}
{{- $ops := dict "open-access" $values.operators.openAccess "alerts" $alerts -}}
{{- $version := $values.image.tag | default .root.Chart.AppVersion -}}
{{- $_ := set $ops "audit" (dict "deployment" (printf "%s, values %s" $version ($values | toJson | sha256sum | trunc 8))) -}}
{{- with $values.operators.signIn -}}
{{- if .existingSecret -}}
{{- $_ := set $ops "sign-in" (dict "user-header" .userHeader "groups-header" .groupsHeader "operators" .groups) -}}
{{- end -}}
{{- end -}}
{{- if $values.notifications.receivers -}}
{{- $receivers := dict -}}
{{- range $name, $receiver := $values.notifications.receivers -}}
{{- $_ := set $receivers $name (pick $receiver "format" "severity" "language") -}}
{{- end -}}
{{- $_ := set $ops "notifications" (dict "receivers" $receivers) -}}
{{- with $values.notifications.console -}}
{{- $_ := set $ops.notifications "console" . -}}
{{- end -}}
{{- end -}}
{{- $_ := set $pawline "ops" $ops -}}
{{- end -}}
{{- if $values.tracing.endpoint -}}
{{- $_ := set $pawline "tracing" (dict "endpoint" $values.tracing.endpoint "sample-ratio" $values.tracing.sampleRatio) -}}
{{- end -}}
{{- if has "database" .needs -}}
{{- $connections := .values.databaseConnections -}}
{{- $_ := set $pawline "database" (dict
    "url" (include "pawline.databaseUrl" .root)
    "migrate" (not $values.setup.enabled)
    "pool-size" (int $connections.writes)
    "read-pool-size" (int $connections.reads)
    "report-pool-size" (int $connections.reports)) -}}
{{- end -}}
{{- if has "imageStore" .needs -}}
{{- $_ := set $pawline "image-store" (include "pawline.imageStore" $values.imageStore | fromYaml) -}}
{{- end -}}
{{- $simulator := $values.simulator.enabled | ternary (include "pawline.simulatorUrl" .root) "" -}}
{{- $instead := and $values.mattingModel.enabled (not $values.mattingModel.standby) -}}
{{- $visual := $instead | ternary (include "pawline.mattingModelUrl" .root) $simulator -}}
{{- with $values.ark.baseUrl | default (ternary (printf "%s/api/v3" $simulator) "" (ne $simulator "")) -}}
{{- if has "ark" $.needs -}}
{{- $_ := set $pawline "ark" (dict "base-url" .) -}}
{{- end -}}
{{- end -}}
{{- with $values.visual.baseUrl | default $visual -}}
{{- if has "visual" $.needs -}}
{{- $_ := set $pawline "matting" (merge (dict "base-url" .) ($pawline.matting | default dict)) -}}
{{- end -}}
{{- end -}}
{{- if and $values.mattingModel.enabled $values.mattingModel.standby (has "visual" $.needs) -}}
{{- /* In the provider's format, the model fetches the picture itself, so matting needs no way to it */ -}}
{{- $model := dict "format" "volcengine-visual" "base-url" (include "pawline.mattingModelUrl" .root) -}}
{{- $_ := set $pawline "matting" (merge (dict "fallbacks" (dict "own-model" $model)) ($pawline.matting | default dict)) -}}
{{- end -}}
{{- if and $simulator (or .stage (eq .name "ingest")) -}}
{{- $_ := set $pawline "outbound" (dict "allow" (list (urlParse $simulator).host)) -}}
{{- end -}}
{{- $chart := dict
    "spring" (dict
        "kafka" (include "pawline.kafka" .root | fromYaml)
        "lifecycle" (dict "timeout-per-shutdown-phase" (printf "%ds" (add .values.drainSeconds 30))))
    "management" (include "pawline.management" .root | fromYaml)
    "pawline" $pawline
-}}
{{- $all := mergeOverwrite $chart $given -}}
{{- if and $instead (has "visual" .needs) -}}
{{- /* The model's calls cost nothing, whatever the provider's do */ -}}
{{- $all = mergeOverwrite $all (dict "pawline" (dict "matting" (dict "stage" (dict "call-cost" 0)))) -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{/* The settings of health and metrics. Takes the top-level scope. */}}
{{- define "pawline.management" -}}
metrics:
  tags:
    release: {{ include "pawline.releaseTag" . }}
  {{- if .Values.monitoring.histograms }}
  distribution:
    # A few buckets each, because every one of them is a series for each set of tags.
    slo:
      "[pawline.stage.attempt]": 1s,2s,5s,10s,20s,30s,60s,120s
      "[pawline.stage.time]": 1s,5s,15s,30s,60s,120s,300s,900s,3600s
      "[pawline.stage.permits.wait]": 100ms,1s,5s,15s,60s,300s
      "[http.server.requests]": 50ms,100ms,250ms,500ms,1s,2s,5s,10s
  {{- end }}
{{- with .Values.managementPort }}
server:
  port: {{ . }}
{{- end }}
{{- end -}}

{{/*
The settings of the matting model as Spring reads them. It fetches pictures from the image store and from the simulated
providers, which may have private addresses. Takes the top-level scope.
*/}}
{{- define "pawline.mattingModelSettings" -}}
{{- $allow := list -}}
{{- range list .Values.imageStore.endpoint .Values.imageStore.publicEndpoint (.Values.simulator.enabled | ternary (include "pawline.simulatorUrl" .) "") -}}
{{- with . -}}
{{- $allow = append $allow (regexReplaceAll ":[0-9]+$" (urlParse .).host "") -}}
{{- end -}}
{{- end -}}
{{- $chart := dict
    "spring" (dict "lifecycle" (dict "timeout-per-shutdown-phase" "60s"))
    "management" (include "pawline.management" . | fromYaml)
    "pawline" (dict "outbound" (dict "allow" (uniq $allow)))
-}}
{{- mergeOverwrite $chart (deepCopy .Values.mattingModel.settings) | toYaml -}}
{{- end -}}

{{/* Address of the matting model for the pods of this release. */}}
{{- define "pawline.mattingModelUrl" -}}
http://{{ include "pawline.fullname" . }}-model
{{- end -}}

{{/* Address of the simulated providers for the pods of this release. */}}
{{- define "pawline.simulatorUrl" -}}
http://{{ include "pawline.fullname" . }}-simulator
{{- end -}}

{{/* Tag of all metrics. It names the release, whatever scrapes them. */}}
{{- define "pawline.releaseTag" -}}
{{ .Release.Namespace }}/{{ .Release.Name }}
{{- end -}}

{{- define "pawline.databaseUrl" -}}
{{- $url := include "pawline.required" (list .Values.database.url "database.url" "jdbc:postgresql://host:5432/pawline") -}}
{{- if .Values.database.caSecret -}}
{{- if contains "sslrootcert=" $url -}}
{{- fail "database.url has sslrootcert, and database.caSecret names another place of the CA certificates: leave one of them out" -}}
{{- end -}}
{{- printf "%s%ssslrootcert=/etc/pawline-database-ca/ca.crt" $url (contains "?" $url | ternary "&" "?") -}}
{{- else -}}
{{- $url -}}
{{- end -}}
{{- end -}}

{{/* The CA certificates of the database as a volume, whose file follows the Secret. Takes root. */}}
{{- define "pawline.databaseCa" -}}
{{- with .Values.database.caSecret -}}
- name: database-ca
  secret:
    secretName: {{ . }}
    items:
      - key: {{ $.Values.database.caKey }}
        path: ca.crt
{{- end -}}
{{- end -}}

{{- define "pawline.databaseCaMount" -}}
{{- if .Values.database.caSecret -}}
- name: database-ca
  mountPath: /etc/pawline-database-ca
  readOnly: true
{{- end -}}
{{- end -}}

{{- define "pawline.imageStore" -}}
kind: s3
{{- with .publicBaseUrl }}
public-base-url: {{ . | quote }}
{{- end }}
s3:
  bucket: {{ include "pawline.required" (list .bucket "imageStore.bucket" "the bucket of the pictures") | quote }}
  region: {{ .region | quote }}
  path-style: {{ .pathStyle }}
  {{- with .endpoint }}
  endpoint: {{ . | quote }}
  {{- end }}
  {{- with .publicEndpoint }}
  public-endpoint: {{ . | quote }}
  {{- end }}
{{- end -}}

{{/* The keys that a component needs, as environment variables from existing Secrets. Takes the component. */}}
{{- define "pawline.secretEnv" -}}
{{- $values := .root.Values -}}
{{- include "pawline.kafkaEnv" . -}}
{{- if has "database" .needs }}
{{ include "pawline.secretKey" (dict "env" "PAWLINE_DATABASE_USERNAME" "in" $values.database "of" "database" "key" "usernameKey") }}
{{ include "pawline.secretKey" (dict "env" "PAWLINE_DATABASE_PASSWORD" "in" $values.database "of" "database" "key" "passwordKey") }}
{{- end }}
{{- if and (has "imageStore" .needs) $values.imageStore.existingSecret }}
{{ include "pawline.secretKey" (dict "env" "PAWLINE_IMAGESTORE_S3_ACCESSKEY" "in" $values.imageStore "of" "imageStore" "key" "accessKeyKey") }}
{{ include "pawline.secretKey" (dict "env" "PAWLINE_IMAGESTORE_S3_SECRETKEY" "in" $values.imageStore "of" "imageStore" "key" "secretKeyKey") }}
{{- end }}
{{- if has "ark" .needs }}
{{ include "pawline.secretKey" (dict "env" "PAWLINE_ARK_APIKEY" "in" $values.ark "of" "ark" "key" "apiKeyKey") }}
{{- end }}
{{- if has "visual" .needs }}
{{ include "pawline.secretKey" (dict "env" "PAWLINE_MATTING_ACCESSKEY" "in" $values.visual "of" "visual" "key" "accessKeyKey") }}
{{ include "pawline.secretKey" (dict "env" "PAWLINE_MATTING_SECRETKEY" "in" $values.visual "of" "visual" "key" "secretKeyKey") }}
{{- end }}
{{- if and $values.tracing.endpoint $values.tracing.existingSecret }}
{{ include "pawline.secretKey" (dict "env" "PAWLINE_TRACING_AUTHORIZATION" "in" $values.tracing "of" "tracing" "key" "authorizationKey") }}
{{- end }}
{{- if and (eq .name "ops") $values.operators.signIn.existingSecret }}
{{ include "pawline.secretKey" (dict "env" "PAWLINE_OPS_SIGNIN_SECRET" "in" $values.operators.signIn "of" "operators.signIn" "key" "secretKey") }}
{{- end }}
{{- if eq .name "ops" }}
{{- range $name, $receiver := $values.notifications.receivers }}
{{- $of := printf "notifications.receivers.%s" $name }}
{{- $in := dict "existingSecret" $receiver.existingSecret "urlKey" ($receiver.urlKey | default "url") "secretKey" $receiver.secretKey }}
{{ include "pawline.secretKey" (dict "env" (printf "PAWLINE_OPS_NOTIFICATIONS_RECEIVERS_%s_URL" (upper $name)) "in" $in "of" $of "key" "urlKey") }}
{{- if $receiver.secretKey }}
{{ include "pawline.secretKey" (dict "env" (printf "PAWLINE_OPS_NOTIFICATIONS_RECEIVERS_%s_SECRET" (upper $name)) "in" $in "of" $of "key" "secretKey") }}
{{- end }}
{{- end }}
{{- end }}
{{- if has "webhook" .needs }}
{{ include "pawline.secretKey" (dict "env" "PAWLINE_CALLBACK_MASTERSECRETS" "in" $values.webhook "of" "webhook" "key" "masterKey" "optional" true) }}
{{ include "pawline.secretKey" (dict "env" "PAWLINE_CALLBACK_SECRETS" "in" $values.webhook "of" "webhook" "key" "secretKey" "optional" true) }}
{{- end }}
{{- end -}}

{{/* An environment variable from an existing Secret. An optional one is not set if the Secret lacks the key. */}}
{{- define "pawline.secretKey" -}}
- name: {{ .env }}
  valueFrom:
    secretKeyRef:
      name: {{ include "pawline.required" (list .in.existingSecret (printf "%s.existingSecret" .of) (printf "name of the Secret with %s's keys" .of)) }}
      key: {{ index .in .key }}
      {{- if .optional }}
      optional: true
      {{- end }}
{{- end -}}
