{{/* A required value, or an error that names its key and says what it is. Takes a list: value, key, what it is. */}}
{{- define "pawline.required" -}}
{{- required (printf "%s is required: %s" (index . 1) (index . 2)) (index . 0 | default nil) -}}
{{- end -}}

{{/* Fails if a setting is given that a value of the chart stands for. Takes a list: settings, component's name. */}}
{{- define "pawline.checkSettings" -}}
{{- $given := index . 0 -}}
{{- $name := index . 1 -}}
{{- if dig "pawline" $name "stage" "drain" "" $given -}}
{{- fail (printf "settings must not have pawline.%s.stage.drain: set %s.drainSeconds instead, which the grace period of the pod follows" $name $name) -}}
{{- end -}}
{{- if dig "pawline" $name "stage" "max-in-flight" "" $given -}}
{{- fail (printf "settings must not have pawline.%s.stage.max-in-flight: set %s.inFlight instead, which is checked against %s.providerCapacity" $name $name $name) -}}
{{- end -}}
{{- if ne (toString (dig "pawline" "database" "migrate" "" $given)) "" -}}
{{- fail "settings must not have pawline.database.migrate: set setup.enabled instead, which decides who makes the tables" -}}
{{- end -}}
{{- end -}}

{{/*
The component's settings as Spring reads them: what the chart knows, below `settings` of all components, below those of
the component. Takes the component.
*/}}
{{- define "pawline.settings" -}}
{{- $values := .root.Values -}}
{{- $given := mergeOverwrite (deepCopy $values.settings) (deepCopy .values.settings) -}}
{{- include "pawline.checkSettings" (list $given .name) -}}
{{- $pawline := dict -}}
{{- if .stage -}}
{{- $_ := set $pawline .name (dict "stage" (dict "drain" (printf "%ds" (int .values.drainSeconds)) "max-in-flight" (int .values.inFlight))) -}}
{{- end -}}
{{- if eq .name "ops" -}}
{{- $_ := set $pawline "ops" (dict "open-access" $values.operators.openAccess) -}}
{{- end -}}
{{- if $values.tracing.endpoint -}}
{{- $_ := set $pawline "tracing" (dict "endpoint" $values.tracing.endpoint "sample-ratio" $values.tracing.sampleRatio) -}}
{{- end -}}
{{- if has "database" .needs -}}
{{- $_ := set $pawline "database" (dict "url" (include "pawline.databaseUrl" .root) "migrate" (not $values.setup.enabled)) -}}
{{- end -}}
{{- if has "imageStore" .needs -}}
{{- $_ := set $pawline "image-store" (include "pawline.imageStore" $values.imageStore | fromYaml) -}}
{{- end -}}
{{- $simulator := $values.simulator.enabled | ternary (include "pawline.simulatorUrl" .root) "" -}}
{{- with $values.ark.baseUrl | default (ternary (printf "%s/api/v3" $simulator) "" (ne $simulator "")) -}}
{{- if has "ark" $.needs -}}
{{- $_ := set $pawline "ark" (dict "base-url" .) -}}
{{- end -}}
{{- end -}}
{{- with $values.visual.baseUrl | default $simulator -}}
{{- if has "visual" $.needs -}}
{{- $_ := set $pawline "matting" (merge (dict "base-url" .) ($pawline.matting | default dict)) -}}
{{- end -}}
{{- end -}}
{{- if and $simulator (or .stage (eq .name "ingest")) -}}
{{- $_ := set $pawline "outbound" (dict "allow" (list (urlParse $simulator).host)) -}}
{{- end -}}
{{- $chart := dict
    "spring" (dict
        "kafka" (include "pawline.kafka" .root | fromYaml)
        "lifecycle" (dict "timeout-per-shutdown-phase" (printf "%ds" (add .values.drainSeconds 30))))
    "management" (dict "metrics" (dict "tags" (dict "release" (include "pawline.releaseTag" .root))))
    "pawline" $pawline
-}}
{{- mergeOverwrite $chart $given | toYaml -}}
{{- end -}}

{{/* Where the simulated providers are, for the pods of this release. */}}
{{- define "pawline.simulatorUrl" -}}
http://{{ include "pawline.fullname" . }}-simulator
{{- end -}}

{{/* Tag of all metrics: says whose they are wherever they are scraped from. */}}
{{- define "pawline.releaseTag" -}}
{{ .Release.Namespace }}/{{ .Release.Name }}
{{- end -}}

{{- define "pawline.databaseUrl" -}}
{{- include "pawline.required" (list .Values.database.url "database.url" "jdbc:postgresql://host:5432/pawline") -}}
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

{{/* The keys a component needs, as environment variables out of existing Secrets. Takes the component. */}}
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
{{- if has "webhook" .needs }}
{{ include "pawline.secretKey" (dict "env" "PAWLINE_CALLBACK_SECRETS" "in" $values.webhook "of" "webhook" "key" "secretKey") }}
{{- end }}
{{- end -}}

{{- define "pawline.secretKey" -}}
- name: {{ .env }}
  valueFrom:
    secretKeyRef:
      name: {{ include "pawline.required" (list .in.existingSecret (printf "%s.existingSecret" .of) (printf "name of the Secret with %s's keys" .of)) }}
      key: {{ index .in .key }}
{{- end -}}
